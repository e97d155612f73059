"""Who acts by itself: the mutable edge around the pure habits."""

from dataclasses import dataclass
from random import Random

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.balances import Purse
from sandbox.actors.config import HabitName
from sandbox.actors.intents import Intent, Overreach
from sandbox.actors.strategies.holder import Holder
from sandbox.actors.strategies.rotator import Rotator
from sandbox.actors.strategies.seller import Seller
from sandbox.actors.strategies.slicer import Slicer
from sandbox.actors.strategies.strategy import Habit
from sandbox.actors.strategies.transferrer import Transferrer

_HABITS: dict[HabitName, type[Slicer | Seller | Holder | Transferrer | Rotator]] = {
    HabitName.SLICER: Slicer,
    HabitName.SELLER: Seller,
    HabitName.HOLDER: Holder,
    HabitName.TRANSFERRER: Transferrer,
    HabitName.ROTATOR: Rotator,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whale:
    """A wallet worth following."""

    name: str
    address: str
    habit: HabitName
    sentence: str
    """What it does, for people."""


@dataclass(slots=True, kw_only=True)
class Person:
    """One wallet with a habit."""

    key: Keypair
    habit: Habit
    rng: Random
    """Its own: what others do does not change what it draws."""
    wealth: int
    """Lamports it begins with, and is brought back to when it has nearly nothing."""
    friends: tuple[Pubkey, ...] = ()
    clumsiness: float = 0.0
    """How often a trade that fails on chain comes before what it does."""

    def act(self, purse: Purse) -> tuple[Intent, ...]:
        """Decide, and become what deciding made of it."""
        self.habit, intents = self.habit.decide(purse, self.rng)
        if self.rng.random() < self.clumsiness and purse.held:
            return (Overreach(token=self.rng.choice(purse.held), amount=1), *intents)
        return intents

    def is_broke(self, purse: Purse) -> bool:
        """Whether it needs new money to go on."""
        return purse.lamports < self.wealth // 10 and not purse.held


def habit_called(name: HabitName) -> Habit:
    """The habit of that name, at its beginning."""
    return _HABITS[name]()
