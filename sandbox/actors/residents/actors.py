"""Actors: a wallet, and the state of its strategy."""

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
    """A wallet to follow."""

    name: str
    address: str
    strategy: StrategyName
    sentence: str
    """A description for people."""


@dataclass(slots=True, kw_only=True)
class Actor:
    """One wallet with a strategy."""

    key: Keypair
    strategy: Strategy
    rng: Random
    """Its own generator, so that no other actor changes what it draws."""
    initial_lamports: int
    """The lamports it begins with, and is refilled to when it has nearly nothing."""
    friends: tuple[Pubkey, ...] = ()
    failure_rate: float = 0.0
    """The probability that a trade that fails on chain comes first."""

    def act(self, balances: Balances) -> tuple[Intent, ...]:
        """Decide what to do, and keep the next state of the strategy."""
        self.strategy, intents = self.strategy.decide(balances, self.rng)
        if self.rng.random() < self.failure_rate and balances.owned:
            return (Oversell(token=self.rng.choice(balances.owned), amount=1), *intents)
        return intents

    def needs_funds(self, balances: Balances) -> bool:
        """Return whether it needs a refill."""
        return balances.lamports < self.initial_lamports // 10 and not balances.owned


def strategy_named(name: StrategyName) -> Strategy:
    """The strategy of that name, in its first state."""
    return _STRATEGIES[name]()
