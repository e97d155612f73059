"""A town on a real local chain whose slots are stepped by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from solders.pubkey import Pubkey

from sandbox.actors.config import Pace, Population
from sandbox.actors.simulation import Town
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.blocks import Block
from sandbox.chain.node.chain import Chain

QUIET = Pace(retail=0, spam=0, volume=0)
"""Whales and their friends alone."""


@dataclass
class Place:
    """A town and the chain it stands on."""

    town: Town
    chain: Chain
    blocks: list[Block] = field(default_factory=list)

    def live(self, slots: int) -> list[Block]:
        """Let so many slots pass and return their blocks; the founding is in none of them."""
        new = [self.chain.step().produced for _ in range(slots)]
        self.blocks += new
        return new

    def lamports(self, address: str) -> int:
        return self.chain.balance(Pubkey.from_string(address))


def place_of(population: Population | None = None, *, active: bool = True) -> Place:
    town = Town(population, active=active)
    config = ChainConfig(slot_seconds=None, residents=town, now=lambda: 1_700_000_000.0)
    chain = Chain(config, Faults())
    town.found(chain)
    town.active, wanted = False, town.active
    chain.step()
    town.active = wanted
    return Place(town, chain)


Settle = Callable[..., Place]


@pytest.fixture
def settle() -> Settle:
    """Builds a place: `settle(population, active=...)`."""
    return place_of


@pytest.fixture
def calm(settle: Settle) -> Place:
    """A place where nothing happens but what is asked for."""
    return settle(active=False)


@pytest.fixture(scope="session")
def lively() -> Place:
    """A place that has lived through four hundred slots; not to be changed."""
    place = place_of()
    place.live(400)
    return place
