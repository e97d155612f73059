"""Webhooks in and out: updates a second that Telegram posts to the bot, and pushes a second to receivers.

In: to stored and answered with 200, and to the reply in the chat. Out: bench/pushes.py. On PostgreSQL and
Valkey started here and the sandbox Telegram, all on this machine: trust the ratios. The last line is JSON.
"""

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import uvloop

from bench import pushes
from bench.figures import Figures, print_figures
from bot.intake.webhook import SECRET_HEADER
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from sandbox.telegram import FloodLimits, SandboxTelegram, TelegramConfig
from sandbox.telegram.ledger import Entry
from storage.migrate import apply_migrations

UPDATES = 3_000
IN_FLIGHT = 40
"""As many as Telegram has under way at once."""
SECRET = "made-up-webhook-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table."""

    name: str
    seconds: float
    latencies: list[float]

    def figures(self, key: str) -> Figures:
        """Updates a second and milliseconds, each named after `key`."""
        cuts = statistics.quantiles(self.latencies, n=100)
        return {
            f"{key}_per_second": len(self.latencies) / self.seconds,
            f"{key}_p50_ms": cuts[49] * 1000,
            f"{key}_p99_ms": cuts[98] * 1000,
        }

    def __str__(self) -> str:
        rate, p50, p99 = self.figures("").values()
        return f"{self.name:<28}{rate:>10,.0f}{p50:>10.1f}{p99:>10.1f}"


def main() -> int:
    """Run all parts, and print what came out."""
    print_figures("webhook", uvloop.run(_bench([*PARTS])))
    return 0


def run_part(part: str) -> int:
    """Run one of PARTS, and print what came out."""
    print_figures("webhook", uvloop.run(_bench([part])))
    return 0


async def _bench(parts: Sequence[str]) -> Figures:
    figures: Figures = {}
    for part in parts:
        figures |= await PARTS[part]()
    return figures


async def _measure_updates() -> Figures:
    async with open_testbed() as (telegram, environment), _bot(environment) as process:
        users = telegram.people.add_users(UPDATES)
        stored, answered = await _measure(telegram, environment["WEBHOOK_URL"], users)
        spent = process.cpu_times()
    print(f"{UPDATES:,} updates of {UPDATES:,} chats, {IN_FLIGHT} in flight")
    print(f"{'':<28}{'updates/s':>10}{'p50 ms':>10}{'p99 ms':>10}")
    print(stored)
    print(answered)
    print(f"{'CPU of the bot per update':<28}{(spent.user + spent.system) / UPDATES * 1000:>20.2f} ms")
    cpu = {"bot_cpu_ms_per_update": (spent.user + spent.system) / UPDATES * 1000}
    return stored.figures("stored") | answered.figures("replied") | cpu


PARTS: dict[str, Callable[[], Awaitable[Figures]]] = {"in": _measure_updates, "out": pushes.measure}


@asynccontextmanager
async def open_testbed() -> AsyncIterator[tuple[SandboxTelegram, dict[str, str]]]:
    """Fresh servers, a Telegram without limits, and the settings of a bot on them."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, valkey = EmbeddedPostgres(Path(folder)), EmbeddedValkey(Path(folder))
        await asyncio.gather(postgres.start(), valkey.start())
        await asyncio.to_thread(apply_migrations, postgres.url)
        config = TelegramConfig(limits=FloodLimits(enabled=False))
        try:
            async with SandboxTelegram(config) as telegram:
                yield telegram, _environment(telegram.url, postgres.url, valkey.url)
        finally:
            await asyncio.gather(postgres.stop(), valkey.stop())


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(telegram_url: str, postgres_url: str, valkey_url: str) -> dict[str, str]:
    port = free_port()
    return {
        "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
        "TELEGRAM_API_URL": telegram_url,
        "DATABASE_URL": postgres_url,
        "REDIS_URL": valkey_url,
        "PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": SECRET,
        "TELEGRAM_RATE": "1000",
        "LOG_LEVEL": "warning",
    }


@asynccontextmanager
async def _bot(environment: dict[str, str]) -> AsyncIterator[psutil.Process]:
    """The bot in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", env={**os.environ, **environment}
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _measure(telegram: SandboxTelegram, url: str, users: list[int]) -> tuple[Result, Result]:
    began: dict[int, float] = {}
    answers: dict[int, float] = {}

    def heard(entry: Entry) -> None:
        if entry.kind == "message":
            answers.setdefault(entry.chat_id or 0, time.perf_counter())

    telegram.ledger.listen(heard)
    start, latencies, accepted = await _post_all(url, users, began)
    while len(answers) < len(users):  # noqa: ASYNC110 - the ledger has no event for a number
        await asyncio.sleep(0.01)
    replies = [answers[user] - began[user] for user in users]
    return (
        Result(name="stored and answered with 200", seconds=accepted - start, latencies=latencies),
        Result(name="replied in the chat", seconds=max(answers.values()) - start, latencies=replies),
    )


async def _post_all(url: str, users: list[int], began: dict[int, float]) -> tuple[float, list[float], float]:
    latencies: list[float] = []
    left = iter(enumerate(users, 1))
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector, headers={SECRET_HEADER: SECRET}) as session:
        await until_up(session, url)
        start = time.perf_counter()

        async def sender() -> None:
            for number, user in left:
                began[user] = time.perf_counter()
                async with session.post(url, json=help_update(number, user)) as answer:
                    assert answer.status == 200
                latencies.append(time.perf_counter() - began[user])

        await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))
    return start, latencies, time.perf_counter()


async def until_up(session: aiohttp.ClientSession, url: str) -> None:
    """Wait until something answers there."""
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)


def help_update(number: int, user: int) -> dict[str, object]:
    """A person asks for help."""
    person = {"id": user, "is_bot": False, "first_name": "User"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": user, "type": "private", "first_name": "User"},
            "from": person,
            "text": "/help",
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        },
    }
