"""Days are made ahead and dropped when they are old; nothing is moved."""

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from runtime.clock import now
from storage.ingest.activity_partitions import AHEAD_DAYS, CANDLES, keep_partitions
from storage.postgres import Database
from tests.storage.sample_data import ALICE, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_scenario_35_the_days_ahead_are_made_once(database: Database) -> None:
    first = await keep_partitions(database, days=90)
    assert len(first.made) == AHEAD_DAYS + 1
    assert (await keep_partitions(database, days=90)).made == ()


async def test_an_activity_lies_in_its_day(database: Database) -> None:
    await follow(database, ALICE)
    await keep_partitions(database, days=90)
    await happened(database, structs.replace(purchase(), block_time=int(now().timestamp())))
    where = await database.fetchval("SELECT tableoid::regclass::text FROM activities")
    assert where == f"activities_{now():%Y%m%d}"


async def test_scenario_35_without_its_day_an_activity_is_caught_and_not_moved(database: Database) -> None:
    await follow(database, ALICE)
    tomorrow = now() + timedelta(days=1)
    await happened(database, structs.replace(purchase(), block_time=int(tomorrow.timestamp())))
    done = await keep_partitions(database, days=90)
    assert len(done.made) == AHEAD_DAYS
    assert done.left_in_default == 1
    assert await database.fetchval("SELECT tableoid::regclass::text FROM activities") == "activities_default"


async def test_old_days_are_dropped_with_their_keys(database: Database) -> None:
    await follow(database, ALICE)
    old = now() - timedelta(days=100)
    name, begin = f"activities_{old:%Y%m%d}", old.strftime("%Y-%m-%d 00:00+00")
    end = (old + timedelta(days=1)).strftime("%Y-%m-%d 00:00+00")
    await database.execute(
        f"CREATE TABLE {name} PARTITION OF activities FOR VALUES FROM ('{begin}') TO ('{end}')"
    )
    await happened(
        database,
        structs.replace(purchase(0), block_time=int(old.timestamp())),
        structs.replace(purchase(1), block_time=int(old.timestamp()) - 200 * 86_400),
        structs.replace(purchase(2), block_time=int(now().timestamp())),
    )
    assert (await keep_partitions(database, days=90)).dropped == (name,)
    for table in ("activities", "activity_keys"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 1


async def test_a_lock_that_is_not_to_be_had_is_waited_for_an_hour(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.ingest.activity_partitions.LOCK_MILLISECONDS", 20)
    monkeypatch.setattr("storage.ingest.activity_partitions.AHEAD_DAYS", 1)
    locked, free = asyncio.Event(), asyncio.Event()

    async def hold(connection: object) -> None:
        await connection.execute("LOCK TABLE activities IN ACCESS SHARE MODE")  # type: ignore[attr-defined]
        await connection.execute("LOCK TABLE activities_default IN ACCESS EXCLUSIVE MODE")  # type: ignore[attr-defined]
        locked.set()
        await free.wait()

    monkeypatch.setattr(
        "storage.ingest.activity_partitions.IN_DEFAULT", "SELECT 0 WHERE $1::timestamptz < $2::timestamptz"
    )
    monkeypatch.setattr("storage.ingest.activity_partitions.OLD_ROWS", "SELECT $1::timestamptz, $2::int")
    async with asyncio.TaskGroup() as group:
        group.create_task(database.transaction(hold))
        await locked.wait()
        done = await keep_partitions(database, days=90)
        free.set()
    assert (done.made, done.postponed) == ((), 2)


async def test_candles_have_days_of_their_own(database: Database) -> None:
    for seconds, table in CANDLES.items():
        assert len((await keep_partitions(database, days=7, table=table)).made) == AHEAD_DAYS + 1
        begins = now().replace(second=0, microsecond=0)
        await database.execute(
            "INSERT INTO candles (chain, mint, seconds, begins, open, high, low, close, open_at, close_at)"
            " VALUES ('solana', 'mint', $1, $2, 1, 1, 1, 1, $2, $2),"
            " ('solana', 'mint', $1, $3, 1, 1, 1, 1, $3, $3)",
            seconds,
            begins,
            begins - timedelta(days=9),
        )
        await keep_partitions(database, days=7, table=table)
        kept = await database.fetch(
            "SELECT tableoid::regclass::text AS name FROM candles WHERE seconds = $1", seconds
        )
        assert [row["name"] for row in kept] == [f"{table.name}_{now():%Y%m%d}"]
