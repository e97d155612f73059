"""Who acts by itself: the mutable edge around the pure habits."""

from dataclasses import dataclass
from random import Random

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.balances import Balances
from sandbox.actors.config import StrategyName
from sandbox.actors.intents import Intent, Oversell
from sandbox.actors.strategies.holder import Holder
from sandbox.actors.strategies.rotator import Rotator
from sandbox.actors.strategies.seller import Seller
from sandbox.actors.strategies.slicer import Slicer
from sandbox.actors.strategies.strategy import Strategy
from sandbox.actors.strategies.transferrer import Transferrer

_STRATEGIES: dict[StrategyName, type[Slicer | Seller | Holder | Transferrer | Rotator]] = {
    StrategyName.SLICER: Slicer,
    StrategyName.SELLER: Seller,
    StrategyName.HOLDER: Holder,
    StrategyName.TRANSFERRER: Transferrer,
    StrategyName.ROTATOR: Rotator,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whale:
    """A wallet worth following."""

    name: str
    address: str
    strategy: StrategyName
    sentence: str
    """What it does, for people."""


@dataclass(slots=True, kw_only=True)
class Actor:
    """One wallet with a habit."""

    key: Keypair
    strategy: Strategy
    rng: Random
    """Its own: what others do does not change what it draws."""
    initial_lamports: int
    """Lamports it begins with, and is brought back to when it has nearly nothing."""
    friends: tuple[Pubkey, ...] = ()
    failure_rate: float = 0.0
    """How often a trade that fails on chain comes before what it does."""

    def act(self, balances: Balances) -> tuple[Intent, ...]:
        """Decide, and become what deciding made of it."""
        self.strategy, intents = self.strategy.decide(balances, self.rng)
        if self.rng.random() < self.failure_rate and balances.owned:
            return (Oversell(token=self.rng.choice(balances.owned), amount=1), *intents)
        return intents

    def needs_funds(self, balances: Balances) -> bool:
        """Whether it needs new money to go on."""
        return balances.lamports < self.initial_lamports // 10 and not balances.owned


def strategy_named(name: StrategyName) -> Strategy:
    """The habit of that name, at its beginning."""
    return _STRATEGIES[name]()
