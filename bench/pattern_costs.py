"""What patterns cost a dispatcher: its processor time for alerts at full speed, with them and without.

Alerts of a day, stored beforehand, on PostgreSQL started here. Pairs by turns, since machines have moods.

The day is a busy one: 200 wallets that trade by themselves make its alerts, and each of 50 chats follows 40
of them, so that it gets 2,000 alerts. Three of the 40 meet by chance where a token has so large a part of
all trades that half an hour brings three purchases of it. That part decides how many meetings there are,
and what patterns cost. With 10,000 tokens the liveliest has 4.6 %, which brings a chat about eight such
messages; recorded swaps of mainnet show less, since among 64 of them no token has more than two.
BENCH_TOKENS=1000 makes a day on which the liveliest token has a tenth from morning to evening: in the end
everybody has bought it, and each chat was sent each of its wallets as a new owner.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

from bench.figures import Figures
from bench.testbed import servers
from domain.activity.activity import SOL, Activity, Kind, Leg
from runtime.processes.lifecycle import freeze_garbage
from storage.delivery import event_facts
from storage.delivery.fan_out import fan_out_next
from storage.ingest.activities import Batch, store
from storage.patterns.detection import find_next
from storage.postgres import Database, open_database
from workers.decide import decide

ALERTS = int(os.environ.get("BENCH_ALERTS", "10000"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "5"))
TOKENS = int(os.environ.get("BENCH_TOKENS", "10000"))
"""That wallets choose from; the first of them are liked best."""
WALLETS, CHATS, EACH = 200, 50, 40
"""How many there are; each chat follows so many wallets."""
STEPS = 15
"""Steps of the fan-out between two looks: what a dispatcher at full speed decides in its pause."""
CHAIN = "solana"
STORED = 500

CLEAR = """
TRUNCATE chats, wallets, watches, alerts, deliveries, activities, activity_keys, pattern_sightings, payments,
    positions, holdings CASCADE
"""
FOLLOW = """
INSERT INTO watches (chat_id, wallet_id, created_at)
SELECT chat_id, wallet_id, '2020-01-01' FROM chats JOIN wallets
ON (wallet_id * 7 + chat_id * 13) % $1 < $2
"""


def measure_costs() -> Figures:
    """The median ratio of pairs, and the milliseconds of a thousand alerts with patterns and without."""
    return asyncio.run(_measure())


async def _measure() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        async with servers(Path(folder)) as (postgres, _):
            database = await open_database(postgres.url)
            try:
                pairs = [await _pair(database, number) for number in range(PAIRS)]
            finally:
                await database.close()
    ratio = statistics.median(with_them / without for with_them, without, _ in pairs)
    found = statistics.median(number for *_, number in pairs)
    costs = [1e6 * statistics.median(one[side] for one in pairs) / ALERTS for side in (0, 1)]
    print(
        f"dispatcher, {ALERTS:,} alerts: {costs[0]:.0f} ms a thousand with patterns, {costs[1]:.0f} without"
    )
    print(f"  median of {PAIRS} ratios {ratio:.3f}; {found:,.0f} patterns found")
    return {
        "ratio": ratio,
        "with_ms_per_1000": costs[0],
        "without_ms_per_1000": costs[1],
        "patterns_told": found,
    }


async def _pair(database: Database, number: int) -> tuple[float, float, int]:
    """Processor seconds with patterns and without, and how many were announced; who begins changes."""
    seconds = {}
    found = 0
    for is_on in (True, False) if number % 2 else (False, True):
        await _begin(database, number)
        seconds[is_on] = await _dispatch(database, is_on=is_on)
        if is_on:
            found = await database.fetchval("SELECT count(*) FROM alerts WHERE kind = 'pattern'")
    return seconds[True], seconds[False], found


async def _begin(database: Database, number: int) -> None:
    await database.execute(CLEAR)
    await database.execute("INSERT INTO chats (chat_id) SELECT generate_series(1, $1::int)", CHATS)
    await database.execute(
        "INSERT INTO wallets (chain, address) SELECT $1, 'wallet-' || n FROM generate_series(1, $2::int) n",
        CHAIN,
        WALLETS,
    )
    await database.execute(FOLLOW, WALLETS, EACH)
    day = list(_day(Random(number)))
    for begin in range(0, len(day), STORED):
        await store(database, Batch(chain=CHAIN, activities=day[begin : begin + STORED]))
    await database.execute("ANALYZE")
    freeze_garbage()


async def _dispatch(database: Database, *, is_on: bool) -> float:
    with _patterns(is_on=is_on):
        began, steps = time.process_time(), 0
        while await fan_out_next(database, decide) is not None:
            steps += 1
            if is_on and steps % STEPS == 0:
                await _find(database)
        if is_on:
            await _find(database)
            while await fan_out_next(database, decide) is not None:
                continue
        return time.process_time() - began


async def _find(database: Database) -> None:
    while await find_next(database) is not None:
        continue


async def _note_nothing(*_: object) -> dict[int, tuple[str, int]]:
    """In the place of what patterns are found in; nothing follows from it."""
    return {}


@contextmanager
def _patterns(*, is_on: bool) -> Iterator[None]:
    if is_on:
        yield
        return
    with patch.object(event_facts, "note_sightings", _note_nothing):
        yield


def _day(rng: Random) -> Iterator[Activity]:
    """Alerts of a day: four in five are trades, of tokens that some prefer to others."""
    now = int(time.time())
    for number in range(ALERTS):
        token = f"token-{int(TOKENS * rng.random() ** 3)}"
        at = now - 86_400 + number * 86_400 // ALERTS
        yield _activity(rng, number, at, token)


def _activity(rng: Random, number: int, at: int, token: str) -> Activity:
    sol = Leg(mint=SOL, raw=rng.randrange(10**9, 10**11), decimals=9)
    coin = Leg(mint=token, raw=rng.randrange(1, 10**12), decimals=6)
    kind = rng.choices((Kind.BUY, Kind.SELL, Kind.TRANSFER_OUT), (45, 35, 20))[0]
    paid, received = (coin, sol) if kind is Kind.SELL else (sol, coin)
    is_transfer = kind is Kind.TRANSFER_OUT
    before = coin.raw if kind is Kind.SELL else 0
    return Activity(
        chain=CHAIN,
        signature=f"signature-{number}",
        slot=1_000 + number,
        block_time=at,
        wallet=f"wallet-{rng.randint(1, WALLETS)}",
        kind=kind,
        paid=(paid,),
        received=() if is_transfer else (received,),
        counterparty=f"other-{rng.randint(1, 500)}" if is_transfer else None,
        token_before=None if is_transfer else before,
        token_after=None if is_transfer else coin.raw - before,
        venue=None if is_transfer else "Jupiter",
    )
