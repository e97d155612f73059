"""Alerts to messages: the fan-out, the whole way of the sender, and the same by one RQ job per message.

On PostgreSQL and Valkey started here and the sandbox Telegram, all on this machine: trust the ratios. The
last line is JSON.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

import psutil
import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures, print_figures
from bench.naive import one_job_per_message
from domain.alerts.late_facts import LateFacts
from runtime.processes.lifecycle import freeze_garbage
from sandbox.telegram import FloodLimits
from sandbox.telegram.ledger import Entry
from storage.coordination.wake_ups import wake
from storage.delivery.fan_out import fan_out_next
from storage.delivery.late_facts import add_late_facts
from storage.ingest.activities import Batch, store
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database
from workers.decide import decide

FOLLOWERS = 100_000
MESSAGES = 6_000
FIRST_SLOT = 341_000_000
STEADY_RATE = 500
STEADY_SECONDS = 16
WARM_SECONDS = 4
POLL_SECONDS = 2.0
LATE_SECONDS = 20.0
"""In which what came last is edited; by then nothing else is due."""
LIMIT_RATE = 27
LIMIT_SECONDS = float(os.environ.get("BENCH_LIMIT_SECONDS", "300"))
NAIVE = 300

PEOPLE = """
INSERT INTO chats (chat_id) SELECT unnest($1::bigint[])
"""
WALLETS = """
INSERT INTO wallets (chain, address) SELECT $1, 'wallet-' || n FROM generate_series(0, $2 - 1) AS n
"""
FOLLOW = """
INSERT INTO watches (chat_id, wallet_id, created_at)
SELECT chat_id, wallet_id, '2020-01-01' FROM chats
JOIN wallets ON address = 'wallet-' || ((chat_id - $1) % $2)
"""


async def populate(testbed: DeliveryTestbed, followers: int, wallets: int) -> list[int]:
    """So many people, spread over so many wallets; a fresh start."""
    await testbed.database.execute(
        "TRUNCATE chats, wallets, watches, alerts, deliveries, activities, activity_keys CASCADE"
    )
    await testbed.redis.flushall()
    people = testbed.telegram.people.add_users(followers)
    for chat_id in people:
        testbed.telegram.people.send(chat_id, "/start")
    await testbed.database.execute(PEOPLE, people)
    await testbed.database.execute(WALLETS, CHAIN, wallets)
    await testbed.database.execute(FOLLOW, people[0], wallets)
    await testbed.database.execute("ANALYZE")
    freeze_garbage()  # as programs do: this process plays Telegram
    return people


def main() -> int:
    """Run all parts, and print what came out."""
    print_figures("delivery", uvloop.run(_measure(list(PARTS))))
    return 0


def run_part(part: str) -> int:
    """Run one of PARTS, and print what came out."""
    print_figures("delivery", uvloop.run(_measure([part])))
    return 0


async def _measure(parts: Sequence[str]) -> Figures:
    figures: Figures = {}
    for part in parts:
        async with open_testbed() as testbed:
            figures |= await PARTS[part](testbed)
    if figures.keys() >= {"messages_per_second", "naive_messages_per_second"}:
        ratio = figures["messages_per_second"] / figures["naive_messages_per_second"]
        print(f"one RQ job a message is {ratio:,.0f} times slower")
        figures["naive_times_slower"] = ratio
    return figures


async def _measure_fan_out(testbed: DeliveryTestbed) -> Figures:
    await populate(testbed, FOLLOWERS, 1)
    await _happen(testbed.database, ["wallet-0"], 0)
    began = time.perf_counter()
    first = 0.0
    while await fan_out_next(testbed.database, decide) is not None:
        first = first or time.perf_counter() - began
    seconds = time.perf_counter() - began
    print(f"fan-out to {FOLLOWERS:,}: {seconds:.2f} s, the first are stored after {first * 1000:.0f} ms")
    return {"fan_out_seconds": seconds, "fan_out_first_ms": first * 1000}


async def _measure_throughput(testbed: DeliveryTestbed) -> Figures:
    """One sender, no limits, one message to each chat; messages a second of its CPU."""
    await populate(testbed, MESSAGES, 1)
    async with (
        _workers(testbed, "bench.unlimited") as processes,
        _until_sent(testbed, MESSAGES, processes[0]) as spans,
    ):
        await _happen(testbed.database, ["wallet-0"], 0)
        while await fan_out_next(testbed.database, decide) is not None:
            continue
    seconds, spent = spans
    print(f"whole way of the sender {MESSAGES / seconds:>12,.0f} messages/s")
    print(f"  a core of the sender {MESSAGES / spent:>13,.0f} messages/s")
    return {"messages_per_second": MESSAGES / seconds, "messages_per_core_second": MESSAGES / spent}


async def _measure_naive(testbed: DeliveryTestbed) -> Figures:
    """Return what `messages_per_second` is to be compared with."""
    slow = await one_job_per_message(testbed.telegram, testbed.environment, NAIVE)
    print(f"one RQ job a message, PTB's HTTP{slow:>12,.0f} messages/s")
    return {"naive_messages_per_second": slow}


@asynccontextmanager
async def _until_sent(
    testbed: DeliveryTestbed, count: int, process: psutil.Process
) -> AsyncIterator[list[float]]:
    """Waits at its end; then the list holds seconds and CPU seconds from the first message to the last."""
    spans: list[float] = []
    sent: list[float] = []
    cpu: list[float] = []

    def heard(entry: Entry) -> None:
        if entry.kind == "message":
            sent.append(time.perf_counter())
            if len(sent) in {1, count}:
                times = process.cpu_times()
                cpu.append(times.user + times.system)

    testbed.telegram.ledger.listen(heard)
    yield spans
    async with asyncio.timeout(120):
        while len(sent) < count:  # noqa: ASYNC110 - the ledger has no event for a number
            await asyncio.sleep(0.05)
    spans += [sent[-1] - sent[0], cpu[-1] - cpu[0]]


async def _measure_latency(testbed: DeliveryTestbed) -> Figures:
    p50, p99, _ = await _pace(testbed)
    print(f"committed to accepted at {STEADY_RATE}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    return {"accepted_p50_ms": p50, "accepted_p99_ms": p99}


async def _measure_edits(testbed: DeliveryTestbed) -> Figures:
    """The same while something becomes known of every alert after it was sent, as a scanner finds it out."""
    async with asyncio.TaskGroup() as group:
        adding = group.create_task(_add_late_facts(testbed.database))
        p50, p99, edits = await _pace(testbed, wait_for_edits=True)
        adding.cancel()
    print(f"  with {edits} messages edited later: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    return {"edited_p50_ms": p50, "edited_p99_ms": p99, "edits": edits}


async def _add_late_facts(database: Database) -> None:
    while True:
        await asyncio.sleep(POLL_SECONDS)
        rows = await database.fetch(
            "SELECT alert_id FROM alerts WHERE late IS NULL AND created_at > now() - interval '30 seconds'"
        )
        await add_late_facts(database, {row["alert_id"]: LateFacts(drift=Decimal("0.012")) for row in rows})


async def _pace(testbed: DeliveryTestbed, *, wait_for_edits: bool = False) -> tuple[float, float, int]:
    """Alerts of many wallets at a steady pace, each with one follower: from their commit to acceptance.

    The first seconds are left out: until then PostgreSQL plans for tables that are empty. Milliseconds of the
    median and of one in a hundred, and how many messages were edited.
    """
    edits = 0
    count = STEADY_RATE * (WARM_SECONDS + STEADY_SECONDS)
    people = await populate(testbed, count, count)
    committed: dict[int, float] = {}
    sent: dict[int, float] = {}

    def heard(entry: Entry) -> None:
        nonlocal edits
        edits += entry.kind == "edit"
        if entry.kind == "message" and entry.chat_id is not None:
            sent.setdefault(entry.chat_id, time.perf_counter())

    testbed.telegram.ledger.listen(heard)
    async with _workers(testbed, "dispatcher", "notifications", TELEGRAM_RATE="1000"):
        start = time.perf_counter()
        for number in range(0, count, 10):
            if number == STEADY_RATE * WARM_SECONDS:
                await testbed.database.execute("ANALYZE")
            await asyncio.sleep(max(0.0, start + number / STEADY_RATE - time.perf_counter()))
            wallets = [f"wallet-{n}" for n in range(number, number + 10)]
            await _happen(testbed.database, wallets, number)
            committed |= dict.fromkeys(people[number : number + 10], time.perf_counter())
            await wake(testbed.redis, ALERTS_CHANNEL)
        async with asyncio.timeout(60):
            while len(sent) < count:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.05)
        if wait_for_edits:
            await asyncio.sleep(LATE_SECONDS)
    late = [sent[chat] - committed[chat] for chat in people[STEADY_RATE * (WARM_SECONDS + 1) :]]
    cuts = [1000 * cut for cut in statistics.quantiles(late, n=100)]
    return cuts[49], cuts[98], edits


async def _measure_limit(testbed: DeliveryTestbed) -> Figures:
    """Four senders at the limit of the whole bot, against a Telegram that enforces its own."""
    count = int(LIMIT_RATE * LIMIT_SECONDS * 1.2)
    await populate(testbed, count, 1)
    testbed.telegram.limit(FloodLimits())
    times: list[float] = []
    testbed.telegram.ledger.listen(
        lambda entry: times.append(time.perf_counter()) if entry.kind == "message" else None
    )
    async with _workers(testbed, *["notifications"] * 4, TELEGRAM_RATE=str(LIMIT_RATE)):
        await _happen(testbed.database, ["wallet-0"], 0)
        while await fan_out_next(testbed.database, decide) is not None:
            continue
        await asyncio.sleep(LIMIT_SECONDS)
    used = (len(times) - 1) / (times[-1] - times[0]) / LIMIT_RATE
    refused = testbed.telegram.refused
    print(
        f"four senders at {LIMIT_RATE}/s for {LIMIT_SECONDS:g} s: {used:.1%} used, {refused} answers of 429",
    )
    return {"limit_used_ratio": used, "limit_refused": refused}


PARTS: dict[str, Callable[[DeliveryTestbed], Awaitable[Figures]]] = {
    "fan-out": _measure_fan_out,
    "throughput": _measure_throughput,
    "naive": _measure_naive,
    "latency": _measure_latency,
    "edits": _measure_edits,
    "limit": _measure_limit,
}


async def _happen(database: Database, wallets: Sequence[str], number: int) -> None:
    activities = [trade(FIRST_SLOT + number + n, wallet) for n, wallet in enumerate(wallets)]
    await store(database, Batch(chain=CHAIN, activities=activities))


@asynccontextmanager
async def _workers(
    testbed: DeliveryTestbed, *names: str, **settings: str
) -> AsyncIterator[list[psutil.Process]]:
    """Workers in processes of their own, ready when the block begins."""
    await testbed.database.execute("DELETE FROM instances")
    processes = [
        await testbed.start(name, name=f"{name}-{number}", settings=settings)
        for number, name in enumerate(names)
    ]
    try:
        await testbed.until_ready(len(names))
        yield [psutil.Process(process.pid) for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            await process.wait()
