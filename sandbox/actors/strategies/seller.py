"""A seller: parts with a large bag piece by piece, and when nothing is left takes a new one in one go."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, around, tradeable

PARTS = 10
"""How many sales a bag lasts for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """What is being sold."""

    bag: Token | None = None
    """None: nothing yet."""
    left: int = 0
    """Sales still to come."""

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """Sell the next part, or take up a bag: one that is in the purse, else one that is bought."""
        if self.bag is not None and self.left and purse.tokens[self.bag]:
            return _sell(self.bag, self.left, purse.tokens[self.bag], rng)
        bags = [token for token in tradeable(purse) if purse.tokens[token]]
        if bags:
            largest = max(bags, key=lambda token: purse.tokens[token] / 10**token.decimals)
            return _sell(largest, PARTS, purse.tokens[largest], rng)
        chosen = rng.choice(tradeable(purse))
        buying = Buy(token=chosen, lamports=purse.spendable // 3)
        return Decision(Seller(bag=chosen, left=PARTS), (buying,))


def _sell(bag: Token, left: int, held: int, rng: Random) -> Decision:
    part = held if left == 1 else min(held, max(1, around(held // left, rng)))
    return Decision(Seller(bag=bag, left=left - 1), (Sell(token=bag, amount=part),))
