"""One bot instance beside bots of other frameworks: processor, speed and memory for the same updates.

Ours stores each update in PostgreSQL before it answers 200, and counts its limits, though its rate is lifted;
the others do neither. Then a crowd before several instances, and the caches. All on this machine, by turns:
trust the ratios. The last line is JSON.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil
import uvloop

from bench import caches, crowd
from bench.figures import Figures, print_figures
from bench.webhook import IN_FLIGHT, SECRET, help_update, open_testbed, until_up
from bot.intake.webhook import SECRET_HEADER
from messaging.telegram.texts.help import help_text
from runtime.embedded.ports import free_port
from sandbox.telegram import SandboxTelegram
from sandbox.telegram.ledger import Entry

ROOT = Path(__file__).parents[1]
RIVALS = ROOT / ".venv" / "rivals" / "bin" / "python"
"""Has what requirements/rivals.lock pins; `make bench-bot` makes it."""
RUNS = 3
UPDATES = 1_500
"""Of each bot in each round."""
WARM = 300
"""Updates before the first round, which do not count."""
START_SECONDS = 30.0
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
    unanswered: int
    """People who got no reply."""


@dataclass(slots=True, kw_only=True)
class Running:
    """A bot that answers."""

    contender: Contender
    telegram: SandboxTelegram
    process: psutil.Process
    url: str
    session: aiohttp.ClientSession
    last_id: int = 0
    runs: list[Run] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    """People who have no reply yet."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    last_reply: float = 0.0

    def hear(self, entry: Entry) -> None:
        """Take note of a reply."""
        if entry.kind == "message":
            self.waiting.discard(entry.chat_id or 0)
            self.last_reply = time.perf_counter()
            self.news.set()

    async def run(self, updates: int) -> Run:
        """Post so many updates of as many people, and wait for each reply."""
        users = self.telegram.people.add_users(updates)
        self.waiting = set(users)
        before, began = _cpu(self.process), time.perf_counter()
        await self._post_all(users)
        with contextlib.suppress(TimeoutError):
            await self._all_replied()
        return Run(
            cpu_ms=(_cpu(self.process) - before) / updates * 1000,
            seconds=self.last_reply - began,
            unanswered=len(self.waiting),
        )

    async def _all_replied(self) -> None:
        while self.waiting:
            self.news.clear()
            async with asyncio.timeout(QUIET_SECONDS):
                await self.news.wait()

    async def _post_all(self, users: Sequence[int]) -> None:
        left = iter(users)

        async def sender() -> None:
            for user in left:
                self.last_id += 1
                async with self.session.post(self.url, json=help_update(self.last_id, user)) as answer:
                    assert answer.status == 200
                    await answer.read()

        await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))

    @property
    def mib(self) -> float:
        """Memory of its own."""
        return float(self.process.memory_full_info().uss) / 2**20

    def cpu_ms(self) -> float:
        """The median over the runs."""
        return statistics.median(one.cpu_ms for one in self.runs)

    def per_second(self) -> float:
        """Updates replied to in a second; the median."""
        return statistics.median((UPDATES - one.unanswered) / one.seconds for one in self.runs)

    def unanswered(self) -> int:
        """People who got no reply, over all runs."""
        return sum(one.unanswered for one in self.runs)


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


def main() -> int:
    """Run all, and print the table."""
    figures = uvloop.run(_bench())
    print_figures("bot", figures | uvloop.run(crowd.measure()) | uvloop.run(caches.measure()))
    return 0


async def _bench() -> Figures:
    async with AsyncExitStack() as stack:
        telegram, environment = await stack.enter_async_context(open_testbed())
        running = [
            await stack.enter_async_context(started(one, telegram, environment)) for one in contenders()
        ]
        for one in running:
            await one.run(WARM)
        for _ in range(RUNS):
            for one in running:
                one.runs.append(await one.run(UPDATES))
        return _compared(running)


@asynccontextmanager
async def started(
    contender: Contender, telegram: SandboxTelegram, environment: Mapping[str, str]
) -> AsyncIterator[Running]:
    """A bot that answers, beside servers that run."""
    port = free_port()
    own = {
        **environment,
        **contender.environment,
        "PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "REPLY": help_text(is_operator=False, is_private=True),
    }
    process = await asyncio.create_subprocess_exec(*contender.command, env={**os.environ, **own})
    connector, headers = aiohttp.TCPConnector(limit=IN_FLIGHT), {SECRET_HEADER: SECRET}
    try:
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            await until_up(session, own["WEBHOOK_URL"])
            running = Running(
                contender=contender,
                telegram=telegram,
                process=psutil.Process(process.pid),
                url=own["WEBHOOK_URL"],
                session=session,
            )
            telegram.ledger.listen(running.hear)
            yield running
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()


def _compared(running: Sequence[Running]) -> Figures:
    ours = running[0]
    print(f"{UPDATES:,} updates of as many chats, {IN_FLIGHT} in flight, {RUNS} runs by turns")
    print(f"{'':<16}{'CPU ms':>10}{'ours is':>10}{'replies/s':>12}{'ours is':>10}{'MiB':>8}{'no reply':>10}")
    figures: Figures = {"bot_cpu_ms": ours.cpu_ms(), "bot_per_second": ours.per_second(), "bot_mib": ours.mib}
    figures["bot_unanswered"] = ours.unanswered()
    for one in running:
        cpu, wall = one.cpu_ms() / ours.cpu_ms(), ours.per_second() / one.per_second()
        print(
            f"{one.contender.name:<16}{one.cpu_ms():>10.2f}{cpu:>9.1f}x{one.per_second():>12,.0f}{wall:>9.1f}x{one.mib:>8.0f}{one.unanswered():>10}"
        )
        name = one.contender.name.replace(" ", "_")
        if one is not ours:
            figures |= {f"cpu_ratio_{name}": cpu, f"wall_ratio_{name}": wall}
    return figures
