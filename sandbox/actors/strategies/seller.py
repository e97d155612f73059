"""A seller: sells a large position part by part; when nothing is left, it buys a new one at once."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, jittered, tradeable

PARTS = 10
"""How many sales a position is sold in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The position that is sold."""

    position: Token | None = None
    """None: nothing yet."""
    left: int = 0
    """The sales that are left."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Sell the next part, or begin a new position: one that it owns, else one that it buys."""
        if self.position is not None and self.left and balances.tokens[self.position]:
            return _sell(self.position, self.left, balances.tokens[self.position], rng)
        positions = [token for token in tradeable(balances) if balances.tokens[token]]
        if positions:
            largest = max(positions, key=lambda token: balances.tokens[token] / 10**token.decimals)
            return _sell(largest, PARTS, balances.tokens[largest], rng)
        chosen = rng.choice(tradeable(balances))
        buying = Buy(token=chosen, lamports=balances.spendable // 3)
        return Decision(Seller(position=chosen, left=PARTS), (buying,))


def _sell(position: Token, left: int, owned: int, rng: Random) -> Decision:
    part = owned if left == 1 else min(owned, max(1, jittered(owned // left, rng)))
    return Decision(Seller(position=position, left=left - 1), (Sell(token=position, amount=part),))
