"""A friend of the transferrer: sells the tokens it was sent, and now and then sends most of its SOL back."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Sell, SendSol
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.strategies.strategy import Decision

_ENOUGH = 60 * LAMPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """Its only friend is the transferrer."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Sell a token it owns, or send SOL back if it has much."""
        if balances.owned:
            token = rng.choice(balances.owned)
            return Decision(self, (Sell(token=token, amount=balances.tokens[token]),))
        if balances.lamports < _ENOUGH:
            return Decision(self, ())
        back = balances.spendable * rng.randint(60, 90) // 100
        return Decision(self, (SendSol(to=balances.friends[0], lamports=back),))
