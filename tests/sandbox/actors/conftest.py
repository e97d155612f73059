"""A town on a real local chain whose slots are stepped by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from solders.pubkey import Pubkey

from sandbox.actors.config import SimulationConfig, Timing
from sandbox.actors.simulation import Simulation
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.blocks import Block
from sandbox.chain.node.chain import Chain

QUIET = Timing(retail=0, spam=0, volume=0)
"""Whales and their friends alone."""


@dataclass
class RunningSimulation:
    """A town and the chain it stands on."""

    simulation: Simulation
    chain: Chain
    blocks: list[Block] = field(default_factory=list)

    def run(self, slots: int) -> list[Block]:
        """Let so many slots pass and return their blocks; the founding is in none of them."""
        new = [self.chain.step().produced for _ in range(slots)]
        self.blocks += new
        return new

    def lamports(self, address: str) -> int:
        return self.chain.balance(Pubkey.from_string(address))


def build_running(config: SimulationConfig | None = None, *, active: bool = True) -> RunningSimulation:
    simulation = Simulation(config, active=False)
    settings = ChainConfig(slot_seconds=None, residents=simulation, now=lambda: 1_700_000_000.0)
    chain = Chain(settings, Faults())
    simulation.set_up(chain)
    chain.step()
    if active:
        simulation.resume()
    return RunningSimulation(simulation, chain)


SetUp = Callable[..., RunningSimulation]


@pytest.fixture
def set_up() -> SetUp:
    """Builds a place: `set_up(population, active=...)`."""
    return build_running


@pytest.fixture
def idle(set_up: SetUp) -> RunningSimulation:
    """A place where nothing happens but what is asked for."""
    return set_up(active=False)


@pytest.fixture(scope="session")
def busy() -> RunningSimulation:
    """A place that has lived through four hundred slots; not to be changed."""
    running = build_running()
    running.run(400)
    return running
