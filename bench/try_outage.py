"""Outages of Telegram's edge in real time: what is lost, what comes twice, and whether the copy says so.

First the edge answers 502 with HTML for a minute while three wallets trade; then come eight minutes of
whatever goes wrong, one fault after the other, those of our own servers among them. Pauses, leases and limits
are those of operation. The last line is JSON. `OUTAGE_SCALE` makes the faults so many times shorter.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, Verdict, open_testbed, trade
from bench.figures import Figures, print_figures
from domain.errors import Unavailable
from runtime.embedded.server import EmbeddedServer
from sandbox.telegram.faults import Fault, FaultKind
from storage.ingest.activities import Batch, store

WALLETS = ("Ahab", "Bela", "Coop")
CHATS = 12
"""Each follows one wallet, so that no message sums up what it does not list: the judge reads slots."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What happens in one run."""

    name: str
    seconds: float
    alerts: int
    steps: tuple[Step, ...]


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


def main() -> int:
    """Play both; 1 if something was lost, or came again without saying so."""
    verdict = uvloop.run(_all(float(os.environ.get("OUTAGE_SCALE", "1"))))
    print_figures("try-outage", verdict)
    return int(bool(verdict["lost"] or verdict["unmarked_repeats"] or verdict["third_copies"]))


async def _all(scale: float) -> Figures:
    total: Figures = {}
    for one in (MINUTE_OF_502, MIXED):
        began = time.monotonic()
        verdict = await play(one, scale=scale)
        print(f"{one.name}: {verdict} in {time.monotonic() - began:.0f} s", flush=True)
        for name, figure in figures(verdict).items():
            total[name] = total.get(name, 0) + figure
    return total


def figures(verdict: Verdict) -> Figures:
    """By name."""
    return {
        "deliveries": verdict.deliveries,
        "lost": verdict.missing,
        "marked_repeats": verdict.doubled - verdict.unmarked,
        "unmarked_repeats": verdict.unmarked,
        "third_copies": verdict.third,
        "unconfirmed": verdict.unconfirmed,
    }


async def play(one: Play, *, scale: float = 1.0) -> Verdict:
    """Let it happen on fresh servers, then wait until nothing is open any more.

    Args:
        one: what happens.
        scale: how many times faster the faults follow each other; pauses of senders stay as they are.
    """
    async with open_testbed(LOG_LEVEL="error", HOURLY_LIMITS="free=0") as testbed:
        chats = testbed.telegram.people.add_users(CHATS)
        await testbed.database.execute(FOLLOW, chats, CHAIN, list(WALLETS))
        programs = [await testbed.start(name.partition("-")[0], name=name, quiet=True) for name in PROGRAMS]
        try:
            await testbed.until_ready(len(PROGRAMS))
            async with asyncio.TaskGroup() as group:
                group.create_task(_trade(testbed, one, scale))
                for step in one.steps:
                    group.create_task(_step(testbed, step, scale))
            await testbed.until_sent(REST_SECONDS)
            return await testbed.verdict()
        finally:
            for program in programs:
                program.terminate()
            for program in programs:
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


async def _step(testbed: DeliveryTestbed, step: Step, scale: float) -> None:
    await asyncio.sleep(step.at / scale)
    end = _begin(testbed, step)
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
