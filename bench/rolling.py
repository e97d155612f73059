"""What people notice of a rolling restart: two of each program between chain and chat, replaced one by one.

Whales trade all the while. Each deed must be announced once; the slowest hundredth may take twice as long as
it takes without restarts. The last line is JSON.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from solders.keypair import Keypair

from bench import programs
from bench.figures import Figures, print_figures
from bench.testbed import servers
from domain.chats import Chat, ChatKind
from domain.rules.rules import Watch
from runtime.settings.loading import unset_settings
from sandbox.actors.config import SimulationConfig, StrategyName, WhalePlan
from sandbox.check.chat_driver import ChatDriver
from sandbox.check.judge import Expected, judge
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.config import FloodLimits, TelegramConfig
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.postgres import Database, open_database

CHAIN = "sandbox"
WHALES = 8
SOL = 10**9
NORMAL_SECONDS = 30.0
MAX_RATIO = 2.0
PROGRAMS = {
    "scanner": ["scanner"],
    "dispatcher": ["workers", "dispatcher"],
    "sender": ["workers", "notifications"],
}
_READY_SECONDS = 60.0
ALIVE = """
SELECT count(*) FROM instances
WHERE instance_id = ANY($1::text[]) AND started_at > now() - make_interval(secs => $2)
"""


@dataclass(kw_only=True)
class _Stand:
    """What runs."""

    sandbox: LocalSandbox
    database: Database
    environment: Mapping[str, str]
    driver: ChatDriver
    chats: dict[str, int] = field(default_factory=dict)
    processes: dict[str, programs.Program] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        """One program, ready to work."""
        await self.database.execute("DELETE FROM instances WHERE instance_id = $1", name)
        command = PROGRAMS[name.partition("-")[0]]
        environment = {**os.environ, **self.environment, "INSTANCE_ID": name}
        self.processes[name] = await programs.start_program(*command, environment=environment, errors=DEVNULL)
        async with asyncio.timeout(_READY_SECONDS):
            while not await self.database.fetchval(ALIVE, [name], _READY_SECONDS):  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.1)

    async def stop(self, name: str) -> None:
        """Let it finish what it has in progress."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_READY_SECONDS):
            await process.wait()

    async def replace_all(self) -> None:
        """One after the other."""
        for name in [*self.processes]:
            await self.stop(name)
            await self.start(name)

    async def follow(self) -> None:
        """Each whale has somebody who follows it."""
        for whale in self.sandbox.simulation.whales:
            chat_id = self.sandbox.telegram.people.add_user(f"Friend of {whale.name}", started=True).id
            self.chats[whale.address] = chat_id
            await saw_chat(self.database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=whale.name))
            watch = Watch(
                watch_id=0,
                chat_id=chat_id,
                topic_id=0,
                chain=CHAIN,
                wallet=whale.address,
                label=whale.name,
                created_at=datetime(2020, 1, 1, tzinfo=UTC),
            )
            await add_watch(self.database, watch, created_by=chat_id)

    async def trade(self) -> None:
        """Two whales in each block until cancelled."""
        number = 0
        while True:
            for _ in range(2):
                whale = self.sandbox.simulation.whales[number % WHALES]
                self.sandbox.simulation.send_sol(whale, str(Keypair().pubkey()), SOL // 100 + number)
                number += 1
            await self.sandbox.next_block()

    def expected(self, journal: int) -> list[Expected]:
        """Return what is to be told of all deeds since that one."""
        return [
            Expected(
                chat_id=self.chats[one.wallet],
                signature=one.signature,
                slot=one.slot,
                legs=(*one.paid, *one.received),
            )
            for one in [*self.sandbox.simulation.journal][journal:]
        ]


def main() -> int:
    """Measure and print; 1 if anything is lost or repeated, or takes more than twice as long."""
    figures = uvloop.run(measure())
    print(
        f"\nrolling restart of {len(PROGRAMS) * 2} programs: {figures['alerts']:.0f} alerts,"
        f" lost {figures['lost']:.0f}, repeated {figures['repeated']:.0f};"
        f" p99 {figures['rolling_p99_ms']:.0f} ms, {figures['p99_ratio']:.2f} times what is normal"
    )
    print_figures("rolling", figures)
    is_clean = not figures["lost"] and not figures["repeated"]
    return int(not is_clean or figures["p99_ratio"] > MAX_RATIO)


async def measure(*, normal_seconds: float = NORMAL_SECONDS) -> Figures:
    """Trade without and with restarts; the figures by name."""
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(Path(folder)) as stand:
            since, journal = stand.driver.last_seq, len(stand.sandbox.simulation.journal)
            async with asyncio.TaskGroup() as group:
                trading = group.create_task(stand.trade())
                await asyncio.sleep(normal_seconds)
                began = time.time()
                await stand.replace_all()
                trading.cancel()
            expected = stand.expected(journal)
            await stand.driver.wait_until_quiet(since, expected)
            verdict = judge(expected, stand.driver.messages(since))
            produced = stand.sandbox.produced_at
            delays = [(produced[one.slot], said.at - produced[one.slot]) for one, said in verdict.matched]
        normal = [delay for at, delay in delays if at < began]
        rolling = [delay for at, delay in delays if at >= began]
        return {
            "alerts": len(expected),
            "lost": len(verdict.missing),
            "repeated": len(verdict.surplus),
            "normal_p99_ms": _p99(normal),
            "rolling_p99_ms": _p99(rolling),
            "p99_ratio": _p99(rolling) / _p99(normal),
        }


def _p99(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1_000


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[_Stand]:
    plans = tuple(
        WhalePlan(name=f"Whale {number + 1}", strategy=StrategyName.SLICER, sentence="does as it is told")
        for number in range(WHALES)
    )
    config = LocalConfig(
        active=False,
        simulation=SimulationConfig(whales=plans, retail=0),
        telegram=TelegramConfig(limits=FloodLimits(enabled=False), users=(), groups=()),
    )
    async with servers(folder) as (postgres, valkey), LocalSandbox(config) as sandbox:
        database = await open_database(postgres.url)
        stand = _Stand(
            sandbox=sandbox,
            database=database,
            environment=_environment(sandbox, postgres.url, valkey.url, folder),
            driver=ChatDriver(sandbox),
        )
        try:
            names = [f"{kind}-{number}" for kind in PROGRAMS for number in (1, 2)]
            await asyncio.gather(*map(stand.start, names))
            await _until_history_is_read(stand)
            await stand.follow()
            yield stand
        finally:
            await asyncio.gather(*(stand.stop(name) for name in [*stand.processes]))
            await database.close()


async def _until_history_is_read(stand: _Stand) -> None:
    """What whales were given at the beginning happened before anybody follows them."""
    slot = stand.sandbox.chain.api.slot
    async with asyncio.timeout(_READY_SECONDS):
        while not await stand.database.fetchval("SELECT count(*) FROM cursors WHERE slot >= $1", slot):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.1)


def _environment(sandbox: LocalSandbox, database: str, redis: str, folder: Path) -> dict[str, str]:
    return unset_settings() | {
        "CHAIN": CHAIN,
        "RPC_URLS": sandbox.chain.rpc_url,
        "WS_URLS": sandbox.chain.ws_url,
        "BOT_TOKEN": sandbox.telegram.token,
        "TELEGRAM_API_URL": sandbox.telegram.url,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "COALESCE_SECONDS": "0",
        "HOURLY_LIMITS": "free=0",
        "TELEGRAM_RATE": "200",
        "SCANNER_MODE": "active-active",
        "CANARY_SECONDS": "0",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "error",
    }


if __name__ == "__main__":
    sys.exit(main())
