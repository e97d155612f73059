"""A friend of the transferrer: turns what it was given into SOL, and now and then gives most of it back."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Sell, SendSol
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.strategies.strategy import Decision

_ENOUGH = 60 * LAMPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """Its only friend is who gave."""

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """Sell something held, or give back when there is much."""
        if purse.held:
            token = rng.choice(purse.held)
            return Decision(self, (Sell(token=token, amount=purse.tokens[token]),))
        if purse.lamports < _ENOUGH:
            return Decision(self, ())
        back = purse.spendable * rng.randint(60, 90) // 100
        return Decision(self, (SendSol(to=purse.friends[0], lamports=back),))
