"""How far a feed is complete.
Shared wallets: cursors that belong to buckets.
Cursors of partitions never pass what was not stored.
"""

import asyncio
from collections.abc import Sequence

import pytest

from domain.sharding import ALL_BUCKETS, ALL_PARTITIONS, BUCKETS, PARTITIONS
from runtime.clock import monotonic
from storage.coordination.leases import Fence, Fenced, take_lease, take_leases
from storage.ingest.activities import Batch, store
from storage.ingest.cursors import (
    PartitionMove,
    begin_shards,
    follow_partitions,
    partition_cursors,
    read_cursor,
    shard_cursors,
)
from storage.ingest.outages import ChainProgress
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, follow, purchase

pytestmark = pytest.mark.services
FEED = "blocks"


async def test_a_feed_that_was_never_read_has_no_cursor(database: Database) -> None:
    assert await read_cursor(database, chain=CHAIN, feed="blocks") is None


async def test_a_cursor_is_that_of_its_chain_and_feed(database: Database) -> None:
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 42)", CHAIN)
    cursor = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert cursor is not None
    assert (cursor.feed, cursor.slot) == ("blocks", 42)
    assert await read_cursor(database, chain="x1", feed="blocks") is None


async def moved(database: Database, slot: int, buckets: frozenset[int] | None) -> None:
    share = None if buckets is None else sorted(buckets)
    await store(database, Batch(chain=CHAIN, feed=FEED, slot=slot, buckets=share))


async def slots(database: Database, *buckets: int) -> list[int]:
    found = await shard_cursors(database, chain=CHAIN, feed=FEED, buckets=buckets)
    return [found[bucket] for bucket in buckets]


async def lowest(database: Database) -> int:
    cursor = await read_cursor(database, chain=CHAIN, feed=FEED)
    assert cursor is not None
    return cursor.slot


async def test_buckets_begin_where_all_wallets_are_complete(database: Database) -> None:
    await moved(database, 100, None)
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=500)
    assert await slots(database, 0, BUCKETS - 1) == [100, 100]


async def test_the_first_start_begins_at_the_given_slot_and_once(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=500)
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=900)
    assert await slots(database, 3) == [500]
    assert await lowest(database) == 500


async def test_a_bucket_moves_alone_and_never_back(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=10)
    await moved(database, 30, frozenset({1, 2}))
    await moved(database, 20, frozenset({2, 3}))
    assert await slots(database, 0, 1, 2, 3) == [10, 30, 30, 20]


async def test_the_cursor_of_the_feed_stands_at_the_lowest_bucket(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=10)
    await moved(database, 30, ALL_BUCKETS - {7})
    assert await lowest(database) == 10
    await moved(database, 20, frozenset({7}))
    assert await lowest(database) == 20


async def test_what_is_complete_for_all_is_complete_for_each_bucket(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=10)
    await moved(database, 50, frozenset({1}))
    await moved(database, 40, None)
    assert await slots(database, 0, 1) == [40, 50]


async def test_a_fenced_batch_is_stored_by_the_holder_of_the_lease_only(database: Database) -> None:
    await follow(database, ALICE)
    old = await take_lease(database, name="scanner", owner="a", seconds=60)
    await database.execute("UPDATE leases SET expires_at = now() - interval '1 second'")
    new = await take_lease(database, name="scanner", owner="b", seconds=60)
    assert (old, new) == (1, 2)
    for owner, epoch in (("a", 1), ("a", 2), ("b", 1)):
        fence = Fence(name="scanner", owner=owner, epoch=epoch)
        batch = Batch(chain=CHAIN, activities=[purchase()], feed=FEED, slot=9, fences=[fence])
        with pytest.raises(Fenced):
            await store(database, batch)
    assert await database.fetchval("SELECT count(*) FROM activities") == 0
    assert await read_cursor(database, chain=CHAIN, feed=FEED) is None
    fence = Fence(name="scanner", owner="b", epoch=2)
    assert await store(database, Batch(chain=CHAIN, activities=[purchase()], fences=[fence]))


async def test_a_lease_that_ended_fences_its_own_holder(database: Database) -> None:
    await take_lease(database, name="scanner", owner="a", seconds=60)
    await database.execute("UPDATE leases SET expires_at = now() - interval '1 second'")
    with pytest.raises(Fenced):
        await store(database, Batch(chain=CHAIN, fences=[Fence(name="scanner", owner="a", epoch=1)]))


async def begin(database: Database, slot: int = 100) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=slot)


async def move(database: Database, after: int, upto: int, partitions: Sequence[int] = (3,)) -> None:
    moves = [PartitionMove(partition=partition, after=after, upto=upto) for partition in partitions]
    await store(database, Batch(chain=CHAIN, feed=FEED, partitions=moves))


async def stands(database: Database) -> dict[int, int]:
    return dict(await partition_cursors(database, chain=CHAIN, feed=FEED))


async def partitions_lowest(database: Database) -> int:
    upto = min((await stands(database)).values(), default=0)
    await follow_partitions(database, chain=CHAIN, feed=FEED, upto=upto)
    cursor = await read_cursor(database, chain=CHAIN, feed=FEED)
    assert cursor is not None
    return cursor.slot


async def test_a_partition_that_never_began_has_no_cursor(database: Database) -> None:
    assert await stands(database) == {}
    await move(database, 0, 10)
    assert await stands(database) == {}


async def test_a_partition_moves_with_all_its_buckets_and_no_others(database: Database) -> None:
    await begin(database)
    await move(database, 100, 110)
    assert await stands(database) == {
        partition: 110 if partition == 3 else 100 for partition in ALL_PARTITIONS
    }
    slots = await shard_cursors(database, chain=CHAIN, feed=FEED, buckets=ALL_BUCKETS)
    assert {bucket for bucket, slot in slots.items() if slot == 110} == set(range(3, 256, PARTITIONS))


async def test_a_partition_never_moves_over_a_gap_and_never_back(database: Database) -> None:
    await begin(database)
    await move(database, 101, 110)
    assert (await stands(database))[3] == 100
    await move(database, 90, 110)
    await move(database, 90, 105)
    assert (await stands(database))[3] == 110


async def test_what_is_complete_for_all_wallets_is_complete_for_each_partition(database: Database) -> None:
    await begin(database)
    await store(database, Batch(chain=CHAIN, feed=FEED, slot=200))
    assert (await stands(database))[3] == 200
    await move(database, 200, 210)
    assert (await stands(database))[3] == 210


async def test_the_cursor_of_all_wallets_follows_the_lowest_partition(database: Database) -> None:
    await begin(database)
    await move(database, 100, 110, sorted(ALL_PARTITIONS - {7}))
    assert await partitions_lowest(database) == 100
    await move(database, 100, 105, [7])
    assert await partitions_lowest(database) == 105


async def test_two_that_commit_at_the_same_time_do_not_stop_the_cursor(database: Database) -> None:
    await begin(database)
    halves = (range(8), range(8, PARTITIONS))
    await asyncio.gather(*(move(database, 100, 110, list(half)) for half in halves))
    assert await partitions_lowest(database) == 110


async def test_activities_and_partition_are_stored_together_or_not_at_all(database: Database) -> None:
    await begin(database)
    await follow(database, ALICE)
    owned = await take_leases(database, names=["partition-3"], owner="me", seconds=60)
    fence = Fence(name="partition-3", owner="me", epoch=owned["partition-3"])
    batch = Batch(
        chain=CHAIN,
        activities=[purchase()],
        feed=FEED,
        partitions=[PartitionMove(partition=3, after=100, upto=110)],
        fences=[fence],
    )
    await database.execute("UPDATE leases SET epoch = epoch + 1")
    with pytest.raises(Fenced):
        await store(database, batch)
    assert (await stands(database))[3] == 100
    assert await database.fetchval("SELECT count(*) FROM activities") == 0
    await database.execute("UPDATE leases SET epoch = epoch - 1")
    assert len(await store(database, batch)) == 1
    assert (await stands(database))[3] == 110


async def test_a_cursor_that_follows_after_standing_still_records_the_outage_once_it_has_caught_up(
    database: Database,
) -> None:
    await begin(database)
    await partitions_lowest(database)
    await store(database, Batch(chain=CHAIN, feed=FEED, slot=100))
    await database.execute("UPDATE cursors SET updated_at = now() - interval '5 minutes'")
    for after, upto in ((100, 500), (500, 1_000)):
        await move(database, after, upto, range(PARTITIONS))
        progress = ChainProgress(
            head=1_010, asked=monotonic(), blind_seconds=60, blocks=range(after + 1, upto + 1)
        )
        await follow_partitions(database, chain=CHAIN, feed=FEED, upto=upto, progress=progress)
    row = await database.fetchrow("SELECT buckets, blocks, ended_at IS NOT NULL AS ended FROM outages")
    assert row is not None
    assert dict(row) == {"buckets": None, "blocks": 900, "ended": True}
