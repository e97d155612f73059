"""A slicer: buys one token in nearly equal parts, then sells all of it at once."""

from dataclasses import dataclass, replace
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, jittered, tradeable

SLICES = 8
"""How many parts a position is bought in."""

_SHARE = 14
"""One part costs this fraction of the spendable SOL at the beginning; all parts cost about half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicer:
    """Its state between the first part and the sale."""

    target: Token | None = None
    """The token that it buys; None: nothing yet."""
    slice: int = 0
    """The lamports of one part."""
    bought: int = 0
    """The parts that it has bought."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Begin to buy, buy the next part, or sell all."""
        if self.target is None:
            chosen = Slicer(target=rng.choice(tradeable(balances)), slice=balances.spendable // _SHARE)
            return chosen._buy(rng)
        if self.bought < SLICES:
            return self._buy(rng)
        owned = balances.tokens[self.target]
        return Decision(Slicer(), (Sell(token=self.target, amount=owned),) if owned else ())

    def _buy(self, rng: Random) -> Decision:
        token = self.target
        if token is None or not self.slice:
            return Decision(Slicer(), ())
        buying = Buy(token=token, lamports=jittered(self.slice, rng, 0.05))
        return Decision(replace(self, bought=self.bought + 1), (buying,))
