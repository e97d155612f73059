"""What every habit is: a value that looks at a purse and says what to do now, and what it will be next."""

from random import Random
from typing import NamedTuple, Protocol

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Intent
from sandbox.actors.market.tokens import Token


class Decision(NamedTuple):
    """What a habit has become by deciding, and what it wants done."""

    strategy: "Strategy"
    intents: tuple[Intent, ...]


class Strategy(Protocol):
    """Decides for one wallet. The same habit, purse and state of `rng` bring the same decision."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """The next step; no intents where there is nothing to do."""


def jittered(middle: int, rng: Random, spread: float = 0.2) -> int:
    """A number near `middle`: at most `spread` of it away."""
    return int(middle * rng.uniform(1 - spread, 1 + spread))


def tradeable(balances: Balances) -> tuple[Token, ...]:
    """The tokens that whales care for: not dollars, and not what only spam is made of."""
    return tuple(token for token in balances.tokens if not token.quote and token.decimals)
