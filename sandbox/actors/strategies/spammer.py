"""A spammer: sends dust to many wallets at once, and single units of a token with a hostile name."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import SendSolToMany, SendToken
from sandbox.actors.strategies.strategy import Decision

SPAM_MEMO = "You won! Claim at https://claim.example/?a=1&b=<i>2</i>"
"""The memo: a link, and characters that break unescaped HTML."""

_MANY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spammer:
    """Its friends are the wallets that it sends spam to."""

    step: int = 0

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Send dust to several wallets and one unit of a worthless token to one, alternately."""
        following = Spammer(step=self.step + 1)
        worthless = [token for token in balances.owned if not token.decimals]
        if self.step % 2 and worthless:
            transfer = SendToken(
                to=rng.choice(balances.friends), token=worthless[0], amount=1, memo=SPAM_MEMO
            )
            return Decision(following, (transfer,))
        victims = tuple(rng.sample(balances.friends, min(_MANY, len(balances.friends))))
        return Decision(following, (SendSolToMany(to=victims, lamports=rng.randint(1, 900), memo=SPAM_MEMO),))
