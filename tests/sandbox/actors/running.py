"""A simulation on a real local chain whose slots are stepped by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from solders.pubkey import Pubkey

from chain.parsing.transaction import Transaction, read_transaction
from sandbox.actors.config import SimulationConfig, Timing
from sandbox.actors.simulation import Simulation
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.blocks import Block
from sandbox.chain.node.chain import Chain
from sandbox.chain.transactions.landed import Encoding

QUIET = Timing(retail=0, spam=0, volume=0)
"""Whales and their friends alone."""


@dataclass
class RunningSimulation:
    """A simulation and its chain."""

    simulation: Simulation
    chain: Chain
    blocks: list[Block] = field(default_factory=list)

    def run(self, slots: int) -> list[Block]:
        """Step so many slots and return their blocks; the set-up is in none of them."""
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


def transactions(running: RunningSimulation, encoding: Encoding) -> Iterator[Transaction]:
    """Return what its blocks hold, as a node would say it and the product reads it."""
    for block in running.blocks:
        for one in block.transactions:
            transaction, meta = one.body.full(encoding)
            answer = {"slot": block.slot, "transaction": transaction, "meta": meta, "version": one.version}
            yield read_transaction(msgspec.json.encode(answer))
