"""Outages: recorded once, when a cursor moves that stood still, and closed when it has caught up."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from domain.sharding import BUCKETS, bucket_of
from runtime.clock import monotonic
from storage.ingest.activities import Batch, store
from storage.ingest.cursors import begin_shards
from storage.ingest.outages import NEAR_SLOTS, ChainProgress
from storage.postgres import Database, Row
from tests.storage.sample_data import CHAIN, WHALE, purchase

pytestmark = pytest.mark.services

FEED = "blocks"


async def move(
    database: Database,
    slot: int,
    head: int,
    *,
    blocks: Sequence[int] = (),
    buckets: Sequence[int] | None = None,
    asked_ago: float = 0.0,
) -> None:
    progress = ChainProgress(head=head, asked=monotonic() - asked_ago, blind_seconds=60.0, blocks=blocks)
    await store(database, Batch(chain=CHAIN, feed=FEED, slot=slot, buckets=buckets, progress=progress))


async def stand_still(database: Database, seconds: float, table: str = "cursors") -> None:
    column = "updated_at" if table == "cursors" else "moved_at"
    await database.execute(f"UPDATE {table} SET {column} = now() - make_interval(secs => $1)", seconds)


async def outages(database: Database) -> list[Row]:
    return await database.fetch(
        "SELECT *, extract(epoch FROM coalesce(ended_at, now()) - began_at)::int AS lasted,"
        " lower(slots) AS first, upper(slots) - 1 AS last FROM outages ORDER BY outage_id"
    )


async def test_a_cursor_that_stood_still_makes_an_outage_from_its_last_move_until_it_has_caught_up(
    database: Database,
) -> None:
    await move(database, 100, 100)
    await stand_still(database, 600)
    await move(database, 108, 1_000, blocks=[101, 103, 108])
    (outage,) = await outages(database)
    assert (outage["ended_at"], outage["first"], outage["last"]) == (None, 101, 1_000)
    await move(database, 1_010 - NEAR_SLOTS, 1_010, blocks=[500, 600])
    (outage,) = await outages(database)
    assert outage["ended_at"] is not None
    assert (outage["blocks"], outage["gaps"]) == (5, 1)
    assert outage["lasted"] in range(599, 640)


async def test_a_short_pause_is_no_outage_and_neither_is_a_chain_that_stood_still(database: Database) -> None:
    await move(database, 100, 100)
    await stand_still(database, 50)
    await move(database, 200, 1_000)
    await stand_still(database, 6_000)
    await move(database, 201, 200 + NEAR_SLOTS)
    assert await outages(database) == []


@pytest.mark.parametrize("buckets", [None, (3, 7)])
async def test_a_move_decided_before_the_process_stood_still_leaves_the_gap_to_the_next(
    database: Database, buckets: Sequence[int] | None
) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=90)
    await move(database, 100, 100, buckets=buckets)
    await stand_still(database, 600, "cursors" if buckets is None else "shard_cursors")
    await move(database, 104, 105, buckets=buckets, asked_ago=599)
    assert await outages(database) == []
    await move(database, 112, 1_000, buckets=buckets)
    (outage,) = await outages(database)
    assert (outage["first"], outage["last"], outage["buckets"]) == (105, 1_000, buckets and list(buckets))
    assert (datetime.now(UTC) - outage["began_at"]).total_seconds() >= 600


async def test_such_a_move_does_not_end_the_gap_that_it_finds(database: Database) -> None:
    await move(database, 100, 100)
    await stand_still(database, 600)
    await move(database, 1_000, 1_000, asked_ago=599)
    assert [outage["ended_at"] for outage in await outages(database)] == [None]
    await move(database, 2_000, 2_000)
    (outage,) = await outages(database)
    assert (outage["gaps"], outage["last"], outage["ended_at"] is None) == (1, 2_000, False)


async def test_the_very_first_move_is_no_outage(database: Database) -> None:
    await move(database, 100, 100_000)
    assert await outages(database) == []


async def test_scanners_that_go_on_together_record_it_once_and_count_each_block_once(
    database: Database,
) -> None:
    await move(database, 100, 100)
    await stand_still(database, 600)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(move(database, 110, 1_000, blocks=range(101, 111)))
    await move(database, 112, 1_000, blocks=range(105, 113))
    (outage,) = await outages(database)
    assert (outage["blocks"], outage["gaps"]) == (12, 1)


async def test_gaps_that_touch_are_one_outage(database: Database) -> None:
    await move(database, 100, 100)
    await stand_still(database, 600)
    await move(database, 500, 500)
    await stand_still(database, 90)
    await move(database, 600, 700)
    await stand_still(database, 90)
    await move(database, 650, 800)
    (outage,) = await outages(database)
    assert (outage["gaps"], outage["ended_at"], outage["last"]) == (2, None, 800)
    holes = await database.fetchval("SELECT NOT slots @> 501::bigint FROM outages")
    assert holes is False


async def test_after_the_announcement_began_another_gap_is_another_outage(database: Database) -> None:
    await move(database, 100, 100)
    for number in range(1, 3):
        await stand_still(database, 600)
        await move(database, number * 1_000, number * 1_000)
        await database.execute("UPDATE outages SET announcing_at = now()")
    assert [row["gaps"] for row in await outages(database)] == [1, 1]


async def test_only_buckets_that_were_not_seen_are_recorded(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=100)
    mine, others = [bucket_of(WHALE)], [b for b in range(BUCKETS) if b != bucket_of(WHALE)]
    await move(database, 100_001, 100_001, buckets=range(BUCKETS))
    assert await outages(database) == []  # when they moved was not known
    await database.execute(
        "UPDATE shard_cursors SET moved_at = now() - interval '10 min' WHERE bucket = $1", mine[0]
    )
    await move(database, 100_200, 100_200, buckets=others)
    await move(database, 100_100, 100_200, buckets=mine)
    (outage,) = await outages(database)
    assert (outage["buckets"], outage["ended_at"]) == (mine, None)
    await move(database, 100_190, 100_200, buckets=mine)
    (outage,) = await outages(database)
    assert outage["ended_at"] is not None


async def test_what_several_scanners_did_not_see_is_one_outage_of_all_their_wallets(
    database: Database,
) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=100)
    halves = [range(BUCKETS // 2), range(BUCKETS // 2, BUCKETS)]
    for half in halves:
        await move(database, 200, 200, buckets=half)
    await stand_still(database, 600, "shard_cursors")
    await move(database, 900, 900, buckets=halves[0])
    await move(database, 300, 900, buckets=halves[1])
    (outage,) = await outages(database)
    assert outage["buckets"] == list(range(BUCKETS))
    assert outage["ended_at"] is None
    await move(database, 900, 900, buckets=halves[1])
    (outage,) = await outages(database)
    assert outage["ended_at"] is not None


async def test_after_a_change_of_mode_the_cursor_of_all_counts_for_each_bucket(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=100)
    await move(database, 200, 200, buckets=range(BUCKETS))
    await stand_still(database, 600, "shard_cursors")
    await move(database, 900, 900)  # by one for all, all the time
    await database.execute("DELETE FROM outages")
    await move(database, 1_000, 1_000, buckets=range(BUCKETS))
    assert await outages(database) == []


async def test_late_alerts_lie_between_the_last_one_before_and_the_last_one_after(database: Database) -> None:
    await move(database, 100, 100)
    await store(database, Batch(chain=CHAIN, activities=[purchase(1)]))
    await database.execute("INSERT INTO wallets (chain, address) VALUES ($1, $2)", CHAIN, WHALE)
    before = await store(database, Batch(chain=CHAIN, activities=[purchase(2)]))
    await database.execute("UPDATE alerts SET created_at = now() - interval '11 min'")
    await stand_still(database, 600)
    await store(database, Batch(chain=CHAIN, activities=[purchase(4)]))  # by the stream, which continues
    progress = ChainProgress(head=1_000, asked=monotonic(), blind_seconds=60.0)
    late = await store(
        database, Batch(chain=CHAIN, activities=[purchase(3)], feed=FEED, slot=999, progress=progress)
    )
    (outage,) = await outages(database)
    assert (outage["after_alert_id"], outage["upto_alert_id"]) == (before[0], late[0])
