"""Shared wallets: cursors that belong to buckets."""

import pytest

from domain.sharding import ALL_BUCKETS, BUCKETS
from storage.coordination.leases import Fence, Fenced, take_lease
from storage.ingest.activities import Batch, store
from storage.ingest.cursors import read_cursor
from storage.ingest.shards import begin_shards, shard_cursors
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, follow, purchase

pytestmark = pytest.mark.services

FEED = "blocks"


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
