"""A small town for worker tests: servers, a sandbox Telegram, and worker processes really started."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis.asyncio import Redis

from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.server import SandboxTelegram
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database, open_database
from storage.redis import open_blocking_redis, open_redis
from tests.forking import ForkedProgram
from tests.storage.sample_data import follow, happened, purchase
from workers.stages import Dispatch

ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class WorkerTestbed:
    """Servers, chats and the processes of one test."""

    database: Database
    redis: Redis
    telegram: SandboxTelegram
    environment: dict[str, str]
    folder: Path
    running: list[ForkedProgram] = field(default_factory=list)

    def start(self, name: str, **settings: str) -> ForkedProgram:
        """Start a worker; its log is kept for `log_text`."""
        environment = {**self.environment, "INSTANCE_ID": name, **settings}
        with (self.folder / f"{name}-{len(self.running)}.log").open("wb") as log:
            output = (log.fileno(), log.fileno())
            process = ForkedProgram(["workers", name], environment, ROOT, output)
        self.running.append(process)
        return process

    async def started(self, *names: str) -> list[ForkedProgram]:
        """Start workers and wait until each has said that it lives."""
        processes = [self.start(name) for name in names]
        await self.until_alive(*names)
        return processes

    async def until_alive(self, *names: str) -> None:
        """Wait until each of these workers has said that it lives."""
        known: set[str] = set()
        async with asyncio.timeout(20):
            while not known >= set(names):
                known = {row["instance_id"] for row in await self.database.fetch("SELECT * FROM instances")}
                await asyncio.sleep(0.05)

    def log_text(self) -> str:
        """Everything that was logged."""
        return "\n".join(file.read_text() for file in sorted(self.folder.glob("*.log")))

    async def people(self, count: int) -> list[int]:
        """Chats that may be written to."""
        return [self.telegram.people.add_user(f"P{n}", started=True).id for n in range(count)]

    async def trades(self, wallets: Sequence[str], each: int, *, first: int = 0) -> int:
        """Every wallet buys `each` times, every trade in a slot of its own; how many alerts that made."""
        numbers = range(first, first + len(wallets) * each)
        made = await happened(
            self.database, *(purchase(n, wallet=wallets[(n - first) % len(wallets)]) for n in numbers)
        )
        await wake(self.redis, ALERTS_CHANNEL)
        return len(made)

    async def states(self) -> dict[str, int]:
        """Return how many deliveries are in which state."""
        rows = await self.database.fetch("SELECT state, count(*) AS number FROM deliveries GROUP BY state")
        return {row["state"]: row["number"] for row in rows}

    async def until_sent(self, count: int) -> None:
        """Wait until so many deliveries stand as sent and none is on its way."""
        async with asyncio.timeout(20):
            while await self.states() != {"sent": count}:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.05)

    async def until_messages(self, count: int) -> None:
        """Wait until Telegram accepted so many."""
        seen = self.telegram.ledger.messages
        await self.telegram.ledger.wait_for(lambda _: len(seen()) >= count, seconds=20)

    async def expire_leases(self) -> None:
        """As if the lease time had passed since their holder died."""
        await self.database.execute(
            "UPDATE deliveries SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL"
        )

    async def end(self) -> None:
        """End whatever still runs."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.wait, 10)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
async def redis_client(valkey_url: str) -> AsyncIterator[Redis]:
    client = open_redis(valkey_url)
    yield client
    await client.aclose()


@pytest.fixture
def queues(valkey_url: str) -> Iterator[Queues]:
    with open_blocking_redis(valkey_url) as client:
        yield Queues(client)


@pytest.fixture
async def dispatch(database: Database, queues: Queues, redis_client: Redis) -> AsyncIterator[Dispatch]:
    wake_ups = WakeUps(redis_client, ALERTS_CHANNEL)
    yield Dispatch(database=database, queues=queues, wake_ups=wake_ups)
    await wake_ups.close()


@pytest.fixture
async def testbed(
    postgres_url: str, valkey_url: str, database: Database, redis_client: Redis, tmp_path: Path
) -> AsyncIterator[WorkerTestbed]:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as telegram:
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "CHAIN": "sandbox",
            "RPC_URLS": "http://127.0.0.1:9",
            "TELEGRAM_RATE": "60",
            "COALESCE_SECONDS": "0",
        }
        made = WorkerTestbed(
            database=database,
            redis=redis_client,
            telegram=telegram,
            environment=environment,
            folder=tmp_path,
        )
        yield made
        await made.end()


__all__ = ["WorkerTestbed", "follow"]
