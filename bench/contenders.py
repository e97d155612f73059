"""Our bot and those of other frameworks: each gets the same posts, and is measured while it replies."""

import asyncio
import contextlib
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec
import psutil

from bench.accepting_telegram import accepting_telegram
from bench.testbed import servers
from bench.webhook import IN_FLIGHT, SECRET, help_update, until_up
from bot.intake.webhook import SECRET_HEADER
from messaging.http_connection import HttpConnection
from messaging.telegram.http import time_limits
from messaging.telegram.texts.help import help_text
from runtime.embedded.ports import LOOPBACK, free_port
from runtime.settings.settings import SANDBOX_BOT_TOKEN

ROOT = Path(__file__).parents[1]
RIVALS = ROOT / ".venv" / "rivals" / "bin" / "python"
"""Has what requirements/rivals.lock pins; `make bench-bot` makes it."""
MAX_ANSWER_BYTES = 64 * 1024
QUIET_SECONDS = 10.0
"""After so long without a reply those that are missing are given up: some frameworks drop what times out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A bot."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one bot did with the updates of one round."""

    cpu_ms: float
    """Of its process, for each update."""
    seconds: float
    """Until the last reply was accepted."""
    answered: int
    unanswered: int
    """People who got no reply."""


@dataclass(slots=True, kw_only=True)
class Stand:
    """Where the bots stand: what all of them are given, and who hears the replies."""

    environment: Mapping[str, str] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    """People who have no reply yet."""
    last_reply: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Of updates and of people, none twice."""

    def hear(self, chat_id: int, text: str, at: float) -> None:
        """Take note of a reply."""
        del text
        self.waiting.discard(chat_id)
        self.last_reply = at
        self.news.set()


@dataclass(slots=True, kw_only=True)
class Running:
    """A bot that answers."""

    contender: Contender
    stand: Stand
    process: psutil.Process
    port: int
    posters: Sequence[HttpConnection]
    runs: list[Run] = field(default_factory=list)
    """With people who have written before."""
    first_runs: list[Run] = field(default_factory=list)
    """With people who have never written."""

    async def round(self, updates: int) -> None:
        """Let so many people write for the first time, and once more."""
        people = [next(self.stand.numbers) for _ in range(updates)]
        self.first_runs.append(await self.run(people))
        self.runs.append(await self.run(people))

    async def run(self, people: Sequence[int]) -> Run:
        """Post an update of each, and wait for each reply."""
        stand, updates = self.stand, len(people)
        stand.waiting = set(people)
        posts = [self._post(person) for person in people]
        before, began = _cpu(self.process), time.monotonic()
        stand.last_reply = began
        await self._post_all(posts)
        with contextlib.suppress(TimeoutError):
            await self._all_replied()
        return Run(
            cpu_ms=(_cpu(self.process) - before) / updates * 1000,
            seconds=stand.last_reply - began,
            answered=updates - len(stand.waiting),
            unanswered=len(stand.waiting),
        )

    async def _all_replied(self) -> None:
        while self.stand.waiting:
            self.stand.news.clear()
            async with asyncio.timeout(QUIET_SECONDS):
                await self.stand.news.wait()

    async def _post_all(self, posts: Sequence[bytes]) -> None:
        left, limits = iter(posts), time_limits()

        async def sender(connection: HttpConnection) -> None:
            for post in left:
                status, _ = await connection.ask(post, limits)
                assert status == 200

        await asyncio.gather(*map(sender, self.posters))

    def _post(self, person: int) -> bytes:
        body = msgspec.json.encode(help_update(next(self.stand.numbers), person))
        head = (
            f"POST /hook HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nContent-Type: application/json\r\n"
            f"{SECRET_HEADER}: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @property
    def mib(self) -> float:
        """Memory of its own."""
        return float(self.process.memory_full_info().uss) / 2**20

    def cpu_ms(self) -> float:
        """The median over the runs."""
        return statistics.median(one.cpu_ms for one in self.runs)

    def first_cpu_ms(self) -> float:
        """The same for people who have never written."""
        return statistics.median(one.cpu_ms for one in self.first_runs)

    def per_second(self) -> float:
        """Updates replied to in a second; the median."""
        return statistics.median(one.answered / one.seconds for one in self.runs)

    def unanswered(self) -> int:
        """People who got no reply, over all runs."""
        return sum(one.unanswered for one in [*self.first_runs, *self.runs])


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def contenders() -> list[Contender]:
    """Ours, and those whose frameworks are installed."""
    ours = [Contender(name="whale watcher", command=(sys.executable, "-m", "bench.unlimited_bot"))]
    if not RIVALS.is_file():
        return ours
    ptb = (str(RIVALS), str(ROOT / "bench" / "rivals" / "ptb_bot.py"))
    return [
        *ours,
        Contender(name="ptb", command=ptb),
        Contender(name="ptb concurrent", command=ptb, environment={"CONCURRENT": "1"}),
        Contender(name="aiogram", command=(str(RIVALS), str(ROOT / "bench" / "rivals" / "aiogram_bot.py"))),
    ]


@asynccontextmanager
async def open_stand() -> AsyncIterator[Stand]:
    """Fresh servers, and a Telegram that takes everything."""
    stand = Stand()
    with tempfile.TemporaryDirectory() as folder:
        async with servers(Path(folder)) as (postgres, valkey), accepting_telegram(stand.hear) as telegram:
            stand.environment = {
                "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
                "TELEGRAM_API_URL": telegram,
                "DATABASE_URL": postgres.url,
                "REDIS_URL": valkey.url,
                "WEBHOOK_SECRET": SECRET,
                "LOG_LEVEL": "warning",
                "REPLY": help_text(is_operator=False, is_private=True),
            }
            yield stand


@asynccontextmanager
async def started(contender: Contender, stand: Stand) -> AsyncIterator[Running]:
    """A bot that answers, beside servers that run."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}/hook"
    own = {**stand.environment, **contender.environment, "PORT": str(port), "WEBHOOK_URL": url}
    process = await asyncio.create_subprocess_exec(*contender.command, env={**os.environ, **own})
    try:
        async with aiohttp.ClientSession() as session:
            await until_up(session, url)
        running = Running(
            contender=contender,
            stand=stand,
            process=psutil.Process(process.pid),
            port=port,
            posters=[await _poster(port) for _ in range(IN_FLIGHT)],
        )
        yield running
        for poster in running.posters:
            poster.close()
    finally:
        await _end(process)


async def _poster(port: int) -> HttpConnection:
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: HttpConnection(MAX_ANSWER_BYTES), LOOPBACK, port
    )
    return connection


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()
