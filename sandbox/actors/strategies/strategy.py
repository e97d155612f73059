"""What all strategies share: a value that decides from balances what to do, and what its next state is."""

from random import Random
from typing import NamedTuple, Protocol

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Intent
from sandbox.actors.market.tokens import Token


class Decision(NamedTuple):
    """The next state of a strategy, and its intents."""

    strategy: "Strategy"
    intents: tuple[Intent, ...]


class Strategy(Protocol):
    """Decides for one wallet. Equal states, balances and generators bring equal decisions."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Decide what to do; no intents if there is nothing to do."""


def jittered(middle: int, rng: Random, spread: float = 0.2) -> int:
    """A random number near another one.

    Args:
        middle: the number.
        rng: of the actor, so that a seed gives the same run.
        spread: by which part of `middle` it may be off, 0 to 1.
    """
    return int(middle * rng.uniform(1 - spread, 1 + spread))


def tradeable(balances: Balances) -> tuple[Token, ...]:
    """The tokens that whales trade: neither dollars nor tokens without decimals, which are spam."""
    return tuple(token for token in balances.tokens if not token.quote and token.decimals)
