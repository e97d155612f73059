"""Outages of Telegram's edge in real time: what is lost, what comes twice, and whether the copy says so.

First the edge answers 502 with HTML for a minute while three wallets trade; then come eight minutes of
whatever goes wrong, one fault after the other, those of our own servers among them; then half an edge,
while people ask the bot, and senders and bot are killed. Pauses, leases and limits are those of operation.
The last line is JSON. `OUTAGE_SCALE` makes the faults so many times shorter;
`OUTAGE_PLAYS=2,3` plays some alone.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil
import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.delivery_verdict import Verdict
from bench.figures import Figures, print_figures
from bench.outage_people import Asked, People
from bench.programs import Program
from domain.errors import Unavailable
from runtime.embedded.server import EmbeddedServer
from sandbox.telegram.faults import Fault, FaultKind
from storage.ingest.activities import Batch, store

WALLETS = ("Ahab", "Bela", "Coop")
CHATS = 12
"""Each follows one wallet."""
PROGRAMS = ("dispatcher", "notifications-1", "notifications-2")
FIRST_SLOT = 1_000
REST_SECONDS = 240.0
"""Within this time after the last fault everything must have arrived; no pause is over half a minute."""
FOLLOW = """
WITH people AS (INSERT INTO chats (chat_id) SELECT unnest($1::bigint[]) RETURNING chat_id),
     whales AS (INSERT INTO wallets (chain, address) SELECT $2, unnest($3::text[])
                RETURNING wallet_id, address)
INSERT INTO watches (chat_id, wallet_id, created_at)
SELECT chat_id, wallet_id, '2020-01-01'
FROM people JOIN whales ON address = ($3::text[])[chat_id % cardinality($3) + 1]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that goes wrong."""

    at: float
    """Seconds from the beginning."""
    lasts: float = 0.0
    """Seconds; 0: it ends by itself."""
    fault: Fault | None = None
    """Of the sandbox Telegram."""
    hangs: str = ""
    """The server that hangs meanwhile: `postgres` or `valkey`."""
    kills: str = ""
    """The program that is killed, and started anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What happens in one run."""

    name: str
    seconds: float
    alerts: int
    steps: tuple[Step, ...]
    with_people: bool = False
    """Whether people ask the bot meanwhile."""


MINUTE_OF_502 = Play(
    name="a minute of 502",
    seconds=70.0,
    alerts=37,
    steps=(Step(at=5, lasts=60, fault=Fault(fault=FaultKind.HTML, method="sendMessage", times=None)),),
)
MIXED = Play(
    name="eight minutes of mixed faults",
    seconds=480.0,
    alerts=170,
    steps=(
        Step(at=10, fault=Fault(fault=FaultKind.STALL_ANSWER, method="sendMessage", seconds=40, times=2)),
        Step(at=80, fault=Fault(fault=FaultKind.FLOOD, method="sendMessage", retry_after=35)),
        Step(at=115, lasts=45, fault=Fault(fault=FaultKind.REFUSE, times=None)),
        Step(at=190, lasts=45, fault=Fault(fault=FaultKind.SERVER_ERROR, method="sendMessage", times=None)),
        Step(at=250, fault=Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage", times=2)),
        Step(at=280, lasts=30, fault=Fault(fault=FaultKind.HTML, times=None)),
        Step(at=330, lasts=40, hangs="valkey"),
        Step(at=390, lasts=40, hangs="postgres"),
        Step(at=450, fault=Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage", times=3)),
    ),
)
HALF_OF_THE_EDGE = Play(
    name="three minutes of half an edge, people and kills",
    seconds=180.0,
    alerts=36,
    with_people=True,
    steps=(
        Step(at=5, lasts=60, fault=Fault(fault=FaultKind.HTML, times=None, chance=0.5)),
        Step(at=25, kills="notifications-1"),
        Step(at=40, kills="bot"),
        Step(at=70, lasts=20, fault=Fault(fault=FaultKind.REFUSE, times=None, chance=0.7)),
        Step(at=95, lasts=20, fault=Fault(fault=FaultKind.CUT_JSON, times=None, chance=0.4)),
        Step(at=105, kills="notifications-2"),
        Step(
            at=120,
            lasts=20,
            fault=Fault(
                fault=FaultKind.SERVER_ERROR,
                code=504,
                accepted=True,
                description="Gateway Timeout",
                times=None,
                chance=0.4,
            ),
        ),
        Step(at=130, kills="bot"),
        Step(at=145, lasts=15, fault=Fault(fault=FaultKind.FLOOD, retry_after=3, times=None, chance=0.6)),
        Step(at=165, lasts=5, fault=Fault(fault=FaultKind.DROP_ANSWER, times=None, chance=0.5)),
    ),
)
PLAYS = (MINUTE_OF_502, MIXED, HALF_OF_THE_EDGE)


def main() -> int:
    """Play all; 1 if something was lost, or came again without saying so."""
    numbers = [int(number) for number in os.environ.get("OUTAGE_PLAYS", "1,2,3").split(",")]
    verdict = uvloop.run(_all([PLAYS[number - 1] for number in numbers], _scale()))
    print_figures("try-outage", verdict)
    return int(any(verdict[name] for name in BAD))


def _scale() -> float:
    return float(os.environ.get("OUTAGE_SCALE", "1"))


async def _all(plays: Sequence[Play], scale: float) -> Figures:
    total: Figures = {}
    for one in plays:
        began = time.monotonic()
        verdict, asked = await play(one, scale=scale)
        print(f"{one.name}: {verdict} in {time.monotonic() - began:.0f} s", flush=True)
        if one.with_people:
            print(f"people: {asked}", flush=True)
        for name, figure in figures(verdict, asked).items():
            total[name] = total.get(name, 0) + figure
    return total


BAD = (
    "lost",
    "unmarked_repeats",
    "third_copies",
    "unanswered",
    "unnotified",
    "unmarked_replies",
    "third_replies",
)


def figures(verdict: Verdict, asked: Asked) -> Figures:
    """By name."""
    return {
        "deliveries": verdict.deliveries,
        "lost": verdict.missing,
        "summed": verdict.summed,
        "marked_repeats": verdict.doubled - verdict.unmarked,
        "unmarked_repeats": verdict.unmarked,
        "third_copies": verdict.third,
        "unconfirmed": verdict.unconfirmed,
        "questions": asked.questions,
        "limited": asked.limited,
        "unnotified": asked.unnotified,
        "unanswered": asked.unanswered,
        "unmarked_replies": asked.unmarked,
        "third_replies": asked.third,
    }


async def play(one: Play, *, scale: float = 1.0) -> tuple[Verdict, Asked]:
    """Let it happen on fresh servers, then wait until nothing is open any more.

    Args:
        one: what happens.
        scale: how many times faster the faults follow each other; pauses of senders stay as they are.
    """
    async with open_testbed(LOG_LEVEL="error", HOURLY_LIMITS="free=0") as testbed:
        chats = testbed.telegram.people.add_users(CHATS)
        await testbed.database.execute(FOLLOW, chats, CHAIN, list(WALLETS))
        people = People(testbed.telegram, chats if one.with_people else ())
        names = (*PROGRAMS, "bot") if one.with_people else PROGRAMS
        started = _Started(testbed, {name: await _start(testbed, name) for name in names})
        try:
            await testbed.until_ready(len(names))
            async with asyncio.TaskGroup() as group:
                group.create_task(_trade(testbed, one, scale))
                group.create_task(people.ask(one.seconds / scale))
                for step in one.steps:
                    group.create_task(_step(started, step, scale))
            ended = time.monotonic()
            await testbed.until_sent(REST_SECONDS)
            await people.until_answered(testbed.database, REST_SECONDS)
            print(f"nothing is open {time.monotonic() - ended:.1f} s after the end", flush=True)
            return await testbed.verdict(), await people.asked(testbed.database)
        finally:
            await started.end()


async def _start(testbed: DeliveryTestbed, name: str) -> Program:
    return await testbed.start(name.partition("-")[0], name=name, quiet=True)


@dataclass
class _Started:
    """What runs."""

    testbed: DeliveryTestbed
    programs: dict[str, Program]

    async def replace(self, name: str) -> None:
        """Kill one and start it anew."""
        self.programs[name].kill()
        await self.programs[name].wait()
        self.programs[name] = await _start(self.testbed, name)

    async def end(self) -> None:
        """Let all of them finish."""
        for program in self.programs.values():
            program.terminate()
        for program in self.programs.values():
            await program.wait()


async def _trade(testbed: DeliveryTestbed, one: Play, scale: float) -> None:
    """The wallets trade in turn; what cannot be stored is stored a second later."""
    for number in range(one.alerts):
        done = trade(FIRST_SLOT + number, WALLETS[number % len(WALLETS)])
        while not await _is_stored(testbed, Batch(chain=CHAIN, activities=[done])):  # noqa: ASYNC110 - PostgreSQL hangs
            await asyncio.sleep(1)
        await asyncio.sleep(one.seconds / one.alerts / scale)


async def _is_stored(testbed: DeliveryTestbed, batch: Batch) -> bool:
    with suppress(Unavailable):
        await store(testbed.database, batch)
        return True
    return False


async def _step(started: _Started, step: Step, scale: float) -> None:
    await asyncio.sleep(step.at / scale)
    if step.kills:
        await started.replace(step.kills)
        return
    end = _begin(started.testbed, step)
    await asyncio.sleep(step.lasts / scale)
    await end()


def _begin(testbed: DeliveryTestbed, step: Step) -> Callable[[], Awaitable[None]]:
    """Begin what goes wrong; how to end it."""
    if step.hangs:
        server = testbed.valkey if step.hangs == "valkey" else testbed.postgres
        _signal(server, signal.SIGSTOP)
        return lambda: _resume(server)
    assert step.fault is not None
    fault_id = testbed.telegram.faults.add(step.fault)
    return lambda: _removed(testbed, fault_id if step.lasts else None)


async def _removed(testbed: DeliveryTestbed, fault_id: int | None) -> None:
    if fault_id is not None:
        testbed.telegram.faults.remove(fault_id)


async def _resume(server: EmbeddedServer) -> None:
    _signal(server, signal.SIGCONT)


def _signal(server: EmbeddedServer, number: signal.Signals) -> None:
    """To the server and its children."""
    if server.pid is not None:
        first = psutil.Process(server.pid)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


if __name__ == "__main__":
    sys.exit(main())
