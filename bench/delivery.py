"""Alerts to messages: the fan-out, the whole way of the sender, and the same by one RQ job per message.

On PostgreSQL and Valkey started here and the sandbox Telegram, all on this machine: trust the ratios.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import psutil
import uvloop

from bench.naive import one_job_per_message
from bench.town import CHAIN, Town, open_town, trade
from runtime.processes.lifecycle import freeze_garbage
from sandbox.telegram import FloodLimits
from sandbox.telegram.ledger import Entry
from storage.coordination.wake_ups import wake
from storage.delivery.alerts import fan_out_next
from storage.ingest.activities import Batch, store
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database
from workers.stages.fan_out import decide

FOLLOWERS = 100_000
MESSAGES = 6_000
FIRST_SLOT = 341_000_000
STEADY_RATE = 500
STEADY_SECONDS = 16
WARM_SECONDS = 4
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


async def populate(town: Town, followers: int, wallets: int) -> list[int]:
    """So many people, spread over so many wallets; a fresh start."""
    await town.database.execute(
        "TRUNCATE chats, wallets, watches, alerts, deliveries, activities, activity_keys CASCADE"
    )
    await town.redis.flushall()
    people = town.telegram.people.add_users(followers)
    for chat_id in people:
        town.telegram.people.send(chat_id, "/start")
    await town.database.execute(PEOPLE, people)
    await town.database.execute(WALLETS, CHAIN, wallets)
    await town.database.execute(FOLLOW, people[0], wallets)
    await town.database.execute("ANALYZE")
    freeze_garbage()  # as programs do: this process plays Telegram
    return people


def main() -> int:
    """Run, and print what came out."""
    uvloop.run(_bench())
    return 0


async def _bench() -> None:
    async with open_town() as town:
        await _measure_fan_out(town)
        fast = await _measure_throughput(town)
        slow = await one_job_per_message(town.telegram, town.environment, NAIVE)
        print(f"one RQ job a message, PTB's HTTP{slow:>12,.0f} messages/s: {fast / slow:,.0f} times slower")
        await _measure_latency(town)
        await _measure_limit(town)


async def _measure_fan_out(town: Town) -> None:
    await populate(town, FOLLOWERS, 1)
    await _happen(town.database, ["wallet-0"], 0)
    began = time.perf_counter()
    first = 0.0
    while await fan_out_next(town.database, decide) is not None:
        first = first or time.perf_counter() - began
    seconds = time.perf_counter() - began
    print(f"fan-out to {FOLLOWERS:,}: {seconds:.2f} s, the first are stored after {first * 1000:.0f} ms")


async def _measure_throughput(town: Town) -> float:
    """One sender, no limits, one message to each chat; messages a second of its CPU."""
    await populate(town, MESSAGES, 1)
    async with (
        _workers(town, "bench.unlimited") as processes,
        _until_told(town, MESSAGES, processes[0]) as spans,
    ):
        await _happen(town.database, ["wallet-0"], 0)
        while await fan_out_next(town.database, decide) is not None:
            continue
    seconds, spent = spans
    print(f"whole way of the sender {MESSAGES / seconds:>12,.0f} messages/s")
    print(f"  a core of the sender {MESSAGES / spent:>13,.0f} messages/s")
    return MESSAGES / seconds


@asynccontextmanager
async def _until_told(town: Town, count: int, process: psutil.Process) -> AsyncIterator[list[float]]:
    """Waits at its end; then the list holds seconds and CPU seconds from the first message to the last."""
    spans: list[float] = []
    told: list[float] = []
    cpu: list[float] = []

    def heard(entry: Entry) -> None:
        if entry.kind == "message":
            told.append(time.perf_counter())
            if len(told) in {1, count}:
                times = process.cpu_times()
                cpu.append(times.user + times.system)

    town.telegram.ledger.listen(heard)
    yield spans
    async with asyncio.timeout(120):
        while len(told) < count:  # noqa: ASYNC110 - the ledger has no event for a number
            await asyncio.sleep(0.05)
    spans += [told[-1] - told[0], cpu[-1] - cpu[0]]


async def _measure_latency(town: Town) -> None:
    """Alerts of many wallets at a steady pace, each with one follower; from their commit to acceptance.

    The first seconds are left out: until then PostgreSQL plans for tables that are empty.
    """
    count = STEADY_RATE * (WARM_SECONDS + STEADY_SECONDS)
    people = await populate(town, count, count)
    committed: dict[int, float] = {}
    told: dict[int, float] = {}

    def heard(entry: Entry) -> None:
        if entry.kind == "message" and entry.chat_id is not None:
            told.setdefault(entry.chat_id, time.perf_counter())

    town.telegram.ledger.listen(heard)
    async with _workers(town, "dispatcher", "notifications", TELEGRAM_RATE="1000"):
        start = time.perf_counter()
        for number in range(0, count, 10):
            if number == STEADY_RATE * WARM_SECONDS:
                await town.database.execute("ANALYZE")
            await asyncio.sleep(max(0.0, start + number / STEADY_RATE - time.perf_counter()))
            wallets = [f"wallet-{n}" for n in range(number, number + 10)]
            await _happen(town.database, wallets, number)
            committed |= dict.fromkeys(people[number : number + 10], time.perf_counter())
            await wake(town.redis, ALERTS_CHANNEL)
        async with asyncio.timeout(60):
            while len(told) < count:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.05)
    late = [told[chat] - committed[chat] for chat in people[STEADY_RATE * (WARM_SECONDS + 1) :]]
    cuts = [1000 * cut for cut in statistics.quantiles(late, n=100)]
    print(f"committed to accepted at {STEADY_RATE}/s: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms")


async def _measure_limit(town: Town) -> None:
    """Four senders at the limit of the whole bot, against a Telegram that enforces its own."""
    count = int(LIMIT_RATE * LIMIT_SECONDS * 1.2)
    await populate(town, count, 1)
    town.telegram.limit(FloodLimits())
    times: list[float] = []
    town.telegram.ledger.listen(
        lambda entry: times.append(time.perf_counter()) if entry.kind == "message" else None
    )
    async with _workers(town, *["notifications"] * 4, TELEGRAM_RATE=str(LIMIT_RATE)):
        await _happen(town.database, ["wallet-0"], 0)
        while await fan_out_next(town.database, decide) is not None:
            continue
        await asyncio.sleep(LIMIT_SECONDS)
    used = (len(times) - 1) / (times[-1] - times[0]) / LIMIT_RATE
    refused = town.telegram.refused
    print(
        f"four senders at {LIMIT_RATE}/s for {LIMIT_SECONDS:g} s: {used:.1%} used, {refused} answers of 429",
    )


async def _happen(database: Database, wallets: Sequence[str], number: int) -> None:
    deeds = [trade(FIRST_SLOT + number + n, wallet) for n, wallet in enumerate(wallets)]
    await store(database, Batch(chain=CHAIN, activities=deeds))


@asynccontextmanager
async def _workers(town: Town, *names: str, **settings: str) -> AsyncIterator[list[psutil.Process]]:
    """Workers in processes of their own, ready when the block begins."""
    await town.database.execute("DELETE FROM instances")
    processes = [
        await town.start(name, name=f"{name}-{number}", settings=settings)
        for number, name in enumerate(names)
    ]
    try:
        await town.until_ready(len(names))
        yield [psutil.Process(process.pid) for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            await process.wait()
