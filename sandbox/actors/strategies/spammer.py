"""A spammer: dust of SOL to many at once, and single units of a token with a hostile name."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Scatter, SendToken
from sandbox.actors.strategies.strategy import Decision

BAIT = "You won! Claim at https://claim.example/?a=1&b=<i>2</i>"
"""What the memo says: a link, and letters that break careless HTML."""

_MANY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spammer:
    """Its friends are its victims."""

    turn: int = 0

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """In turn a handful of lamports to several, and one unit of a worthless token to one."""
        following = Spammer(turn=self.turn + 1)
        worthless = [token for token in purse.held if not token.decimals]
        if self.turn % 2 and worthless:
            gift = SendToken(to=rng.choice(purse.friends), token=worthless[0], amount=1, memo=BAIT)
            return Decision(following, (gift,))
        victims = tuple(rng.sample(purse.friends, min(_MANY, len(purse.friends))))
        return Decision(following, (Scatter(to=victims, lamports=rng.randint(1, 900), memo=BAIT),))
