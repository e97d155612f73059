"""Both halves of the sandbox as one: a chain with a simulation on it, and a Telegram with people."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.actors.config import SimulationConfig
from sandbox.actors.simulation import Simulation
from sandbox.chain.config import ChainConfig, Consensus, ReplayConfig
from sandbox.chain.node.chain import Advance
from sandbox.chain.server import SandboxChain
from sandbox.continuity import first_slot, first_update_id
from sandbox.telegram.config import TelegramConfig
from sandbox.telegram.server import SandboxTelegram


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalConfig:
    """The settings of a sandbox."""

    host: str = "127.0.0.1"
    """The address that both listen on."""
    rpc_port: int = 0
    """0 takes free ports; else the WebSocket is on the next port."""
    telegram_port: int = 0
    consensus: Consensus = Consensus.ALPENGLOW
    slot_seconds: float = 0.25
    seed: int = 1
    run: int = 0
    """Other runs bring other trades of the same actors; 0: always the same."""
    replay: Path | None = None
    """A folder of recorded blocks and transactions, which are served between the chain's own."""
    replay_per_slot: int = 4
    """Recorded transactions in each block that has some."""
    active: bool = True
    """Whether actors act by themselves."""
    simulation: SimulationConfig | None = None
    """The actors; None: the default ones, from the seed."""
    telegram: TelegramConfig = field(default_factory=TelegramConfig)
    archive: Path | None = None
    """The file that keeps the conversations over a restart; None: they are not kept."""


class LocalSandbox:
    """A chain and a Telegram on this machine; an async context manager."""

    def __init__(self, config: LocalConfig) -> None:
        """Make both halves; nothing listens yet.

        Raises:
            ValueError: the replay folder holds nothing to replay.
        """
        now = time.time()
        self._block = asyncio.Event()
        self.simulation = Simulation(
            config.simulation or SimulationConfig(seed=config.seed, run=config.run), active=config.active
        )
        self.produced_at: dict[int, float] = {}
        """The unix time at which each of the latest blocks was produced, by slot."""
        self.chain = SandboxChain(_chain_config(config, self.simulation, now))
        self.chain.listeners.append(self._note_block)
        self.telegram = SandboxTelegram(_telegram_config(config, now))
        self.simulation.set_up(self.chain.chain)
        self._stack = AsyncExitStack()

    @property
    def example_wallets(self) -> str:
        """The whales as EXAMPLE_WALLETS takes them: `name=address`, separated by commas."""
        return ",".join(f"{whale.name}={whale.address}" for whale in self.simulation.whales)

    async def next_block(self) -> None:
        """Wait until the chain closes its open slot."""
        await self._block.wait()

    def _note_block(self, advance: Advance) -> None:
        self.produced_at[advance.produced.slot] = time.time()
        if len(self.produced_at) > self.chain.config.history:
            del self.produced_at[next(iter(self.produced_at))]
        self._block.set()
        self._block.clear()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.telegram)
            await stack.enter_async_context(self.chain)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


def _chain_config(config: LocalConfig, simulation: Simulation, now: float) -> ChainConfig:
    return ChainConfig(
        host=config.host,
        rpc_port=config.rpc_port,
        ws_port=config.rpc_port + 1 if config.rpc_port else 0,
        consensus=config.consensus,
        slot_seconds=config.slot_seconds,
        skip_probability=0.02,
        seed=config.seed,
        start_slot=first_slot(now, config.slot_seconds),
        residents=simulation,
        replay=_replay_config(config),
    )


def _replay_config(config: LocalConfig) -> ReplayConfig | None:
    return ReplayConfig(folder=config.replay, per_slot=config.replay_per_slot) if config.replay else None


def _telegram_config(config: LocalConfig, now: float) -> TelegramConfig:
    return replace(
        config.telegram,
        host=config.host,
        port=config.telegram_port,
        first_update_id=first_update_id(now),
        archive=config.archive,
    )
