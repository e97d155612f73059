"""Ten thousand people before one, two and three bots behind nginx; one of three killed, and all replaced.

A post that is not answered with 200 comes again, as from Telegram. TELEGRAM_RATE is lifted, workers and nodes
are unavailable: a reply is what the bot itself says. All on this machine: trust the ratios.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.accepting_telegram import accepting_telegram
from bench.crowd_bots import Bot, nginx_before, running_bot, until_ready
from bench.crowd_people import HELLO, PAIRS, QUESTIONS, Crowd, Person, make_crowd
from bench.figures import Figures
from bench.testbed import servers
from bench.webhook import SECRET
from bot.intake.webhook import DEFAULT_PATH, SECRET_HEADER
from runtime.embedded.ports import LOOPBACK, free_ports

PEOPLE = int(os.environ.get("PEOPLE", "10000"))
INSTANCES = (1, 2, 3)
CONNECTIONS = 100
"""As many as the bot lets Telegram have."""
AGAIN_SECONDS = 0.5
CALM_SECONDS = 10.0
"""How long people ask at half of the greatest rate."""
PATIENCE_SECONDS = 120.0
"""Without a reply for this long the rest is lost: longer than a lease of an update, several times."""
TOKEN = "123456:AAF-made-up-token-of-a-crowd-0000000000"


@dataclass(slots=True, kw_only=True)
class Stand:
    """Bots behind nginx, and the way to them."""

    crowd: Crowd
    webhook: str
    session: aiohttp.ClientSession
    bots: Sequence[Bot]
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))

    async def ask(self, person: Person, question: int) -> None:
        """Post a question until it is taken."""
        crowd = self.crowd
        crowd.numbers += 1
        crowd.counts["asked"] += 1
        body = person.update(crowd.numbers, question)
        async with self.gate:
            person.asked_at[question] = time.monotonic()
            while not await self._is_taken(body):
                crowd.counts["posted_again"] += 1
                await asyncio.sleep(AGAIN_SECONDS)

    async def _is_taken(self, body: bytes) -> bool:
        try:
            async with self.session.post(self.webhook, data=body) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _talk(self, person: Person) -> None:
        for pair in PAIRS:
            for question in pair:
                await self.ask(person, question)
            while not all(question in person.heard_at for question in pair):
                person.news.clear()
                await person.news.wait()

    async def rush(self, *, kill_after: int | None = None) -> float:
        """Everybody talks as fast as the bots reply; the seconds until the last reply.

        Args:
            kill_after: replies after which a bot is killed; None: none is.
        """
        began = time.monotonic()
        self.crowd.last_reply = began
        async with asyncio.TaskGroup() as group:
            talks = [group.create_task(self._talk(person)) for person in self.crowd.people.values()]
            watching = group.create_task(self._end(talks, kill_after))
            await asyncio.wait(talks)
            watching.cancel()
        return self.crowd.last_reply - began

    async def _end(self, talks: Sequence[asyncio.Task[None]], kill_after: int | None) -> None:
        """Kill a bot in the middle, and end what is never answered."""
        while time.monotonic() - self.crowd.last_reply < PATIENCE_SECONDS:
            await asyncio.sleep(0.02)
            if kill_after is not None and self.crowd.counts["answered"] >= kill_after:
                self.bots[0].kill()
                kill_after = None
        for talk in talks:
            talk.cancel()

    async def replace_all(self) -> None:
        """End and start the bots, one after the other, as a new version is rolled out."""
        for bot in self.bots:
            await bot.stop()
            await bot.start()
            await until_ready(self.session, int(bot.environment["PORT"]))

    async def calm(self, per_second: float, meanwhile: Awaitable[None] | None = None) -> None:
        """People say hello, so many in a second, whatever the replies take.

        Args:
            per_second: of all of them.
            meanwhile: what happens meanwhile.
        """
        self.crowd.forget()
        people, began = list(self.crowd.people.values()), time.monotonic()
        number = min(int(per_second * CALM_SECONDS), len(people))
        async with asyncio.TaskGroup() as group:
            if meanwhile is not None:
                group.create_task(_awaited(meanwhile))
            for order, person in enumerate(people[:number]):
                await asyncio.sleep(max(0.0, began + order / per_second - time.monotonic()))
                group.create_task(self.ask(person, HELLO))
        end = time.monotonic() + PATIENCE_SECONDS
        while self.crowd.unanswered and time.monotonic() < end:  # noqa: ASYNC110 - a number has no event
            await asyncio.sleep(0.02)


async def _awaited(work: Awaitable[None]) -> None:
    await work


@asynccontextmanager
async def standing(instances: int, people: int) -> AsyncIterator[Stand]:
    """So many bots behind nginx, on fresh servers, ready for so many people."""
    crowd = make_crowd(people)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres, valkey = await stack.enter_async_context(servers(folder))
        telegram = await stack.enter_async_context(accepting_telegram(crowd.hear))
        port, *ports = free_ports(1 + 2 * instances)
        webhooks, monitors = ports[:instances], ports[instances:]
        environment = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "WEBHOOK_URL": f"http://{LOOPBACK}:{port}{DEFAULT_PATH}",
            "WEBHOOK_SECRET": SECRET,
            "LOG_LEVEL": "error",
        }
        bots = [
            await stack.enter_async_context(running_bot(environment, number, *places))
            for number, places in enumerate(zip(webhooks, monitors, strict=True))
        ]
        await stack.enter_async_context(nginx_before(folder / "nginx", environment, port, webhooks))
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        session = aiohttp.ClientSession(connector=connector, headers=headers)
        await stack.enter_async_context(session)
        await asyncio.gather(*(until_ready(session, webhook) for webhook in webhooks))
        yield Stand(crowd=crowd, webhook=environment["WEBHOOK_URL"], session=session, bots=bots)


async def measure() -> Figures:
    """All of it."""
    figures: Figures = {"people": PEOPLE}
    print(f"{PEOPLE:,} people at once, {len(QUESTIONS)} questions each")
    print(f"{'':<14}{'updates/s':>10}{'answered':>10}{'disorder':>10}{'p50 ms':>9}{'p99 ms':>9}{'MiB':>6}")
    for instances in INSTANCES:
        figures |= await measured(instances, PEOPLE)
    half = figures[f"bots_{INSTANCES[-1]}_per_second"] / 2
    return figures | await killed(PEOPLE) | await replaced(PEOPLE, half)


async def measured(instances: int, people: int) -> Figures:
    """The greatest rate of so many bots, and how long a reply takes at half of it."""
    async with standing(instances, people) as stand:
        seconds = await stand.rush()
        counts = Counter(stand.crowd.counts)
        per_second = counts["answered"] / seconds
        mib = max(bot.mib for bot in stand.bots)
        await stand.calm(per_second / 2)
        cuts = statistics.quantiles(stand.crowd.seconds, n=100)
    shares = counts["answered"] / counts["asked"]
    name, p50, p99 = f"bots_{instances}", cuts[49] * 1000, cuts[98] * 1000
    print(
        f"{name:<14}{per_second:>10,.0f}{shares:>10.2%}{counts['disordered']:>10}{p50:>9.1f}{p99:>9.1f}{mib:>6.0f}"
    )
    return {
        f"{name}_per_second": per_second,
        f"{name}_answered_share": shares,
        f"{name}_disordered": counts["disordered"],
        f"{name}_unmarked": counts["unmarked"],
        f"{name}_posted_again": counts["posted_again"],
        f"{name}_calm_lost": stand.crowd.unanswered,
        f"{name}_calm_p50_ms": p50,
        f"{name}_calm_p99_ms": p99,
        f"{name}_mib": mib,
    }


async def killed(people: int) -> Figures:
    """Return what is lost and repeated when one of three bots is killed in the middle."""
    async with standing(3, people) as stand:
        seconds = await stand.rush(kill_after=people * len(QUESTIONS) // 2)
        crowd = stand.crowd
    counts = crowd.counts
    print(
        f"one of three killed: lost {crowd.unanswered}, unmarked repeats {counts['unmarked']}, "
        f"marked {counts['marked']}, out of order {counts['disordered']}, {seconds:.1f} s"
    )
    return {
        "killed_lost": crowd.unanswered,
        "killed_unmarked": counts["unmarked"],
        "killed_marked": counts["marked"],
        "killed_disordered": counts["disordered"],
        "killed_posted_again": counts["posted_again"],
        "killed_seconds": seconds,
    }


async def replaced(people: int, per_second: float) -> Figures:
    """What the people notice of three bots that are replaced one by one, against the same without that."""
    async with standing(3, people) as stand:
        for _ in range(2):  # the first time they are cold
            await stand.calm(per_second)
        normal = statistics.quantiles(stand.crowd.seconds, n=100)[98]
        await stand.calm(per_second, stand.replace_all())
        crowd = stand.crowd
        rolling = statistics.quantiles(crowd.seconds, n=100)[98]
    repeated = crowd.counts["unmarked"] + crowd.counts["marked"]
    print(
        f"all three replaced: lost {crowd.unanswered}, repeated {repeated}, p99 {rolling * 1000:.0f} ms, "
        f"{rolling / normal:.1f} times what is normal"
    )
    return {
        "replaced_lost": crowd.unanswered,
        "replaced_repeated": repeated,
        "replaced_p99_ms": rolling * 1000,
        "replaced_p99_ratio": rolling / normal,
    }
