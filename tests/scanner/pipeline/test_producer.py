"""The collector's end of the queue: the cursor that follows processors, room, and what was lost.
What is in flight: committed, still in the queue, or lost.
"""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import QueueUnavailable
from domain.sharding import ALL_PARTITIONS, TransactionBatch
from scanner.commit.sink import FEED
from scanner.pipeline.producer import BatchProducer, InFlightBatch, InFlightTable
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.cursors import begin_shards
from storage.postgres import Database
from storage.redis import RedisClient, open_redis
from tests.scanner.reconciling import cursor_in
from tests.scanner.world import CHAIN

SLOTS = st.lists(st.integers(1, 50), min_size=1, max_size=12, unique=True).map(sorted)


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[RedisClient]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


def producer(database: Database, client: RedisClient, *, max_bytes: int = 1 << 26) -> BatchProducer:
    return BatchProducer(BatchQueue(client, chain=CHAIN), database, chain=CHAIN, max_bytes=max_bytes)


def empty_batches(after: int, upto: int) -> list[TransactionBatch]:
    return [TransactionBatch(partition=number, after=after, upto=upto) for number in sorted(ALL_PARTITIONS)]


@pytest.mark.services
async def test_what_is_neither_in_the_queue_nor_stored_is_lost_and_read_again_from_the_cursor(
    database: Database, client: RedisClient
) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=10)
    made = producer(database, client)
    seen = []
    await made.produce(empty_batches(10, 11))
    await made.check()
    seen.append(made.is_incomplete)
    await client.flushall()
    await made.check()
    seen.append(made.is_incomplete)
    assert await made.rewind(11) == 10
    assert [*seen, made.is_incomplete] == [False, True, False]


@pytest.mark.services
async def test_before_any_partition_began_reading_goes_on_where_it_was(
    database: Database, client: RedisClient
) -> None:
    assert await producer(database, client).rewind(33) == 33


@pytest.mark.services
async def test_the_cursor_follows_the_lowest_partition(database: Database, client: RedisClient) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=10)
    await database.execute("UPDATE shard_cursors SET slot = 20 WHERE bucket % 16 <> 3")
    await database.execute("UPDATE shard_cursors SET slot = 15 WHERE bucket % 16 = 3")
    await producer(database, client).move_cursor()
    assert await cursor_in(database) == 15


@pytest.mark.services
async def test_a_full_queue_has_no_room_and_says_so_in_time(database: Database, client: RedisClient) -> None:
    made = producer(database, client, max_bytes=1)
    await made.produce(empty_batches(10, 11))
    await made.check()
    assert made.full
    assert not await made.wait_for_room(0.01)


@pytest.mark.services
async def test_a_queue_that_does_not_answer_is_away_and_may_have_lost_something(database: Database) -> None:
    made = producer(database, open_redis("redis://127.0.0.1:1/0", text=False))
    with pytest.raises(QueueUnavailable):
        await made.produce(empty_batches(10, 11))
    assert (made.away, made.is_incomplete) == (True, True)


def table(slots: list[int], partition: int = 3) -> InFlightTable:
    made = InFlightTable()
    for slot in slots:
        made.add(partition, InFlightBatch(entry=f"{slot}-0", upto=slot, produced_at=0.0))
    return made


@given(SLOTS, st.integers(0, 60))
def test_what_the_cursor_has_passed_is_committed_and_nothing_else(slots: list[int], cursor: int) -> None:
    made = table(slots)
    made.committed({3: cursor})
    assert [batch.upto for batch in made.partitions[3]] == [slot for slot in slots if slot > cursor]


def test_what_is_neither_there_nor_stored_is_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    assert [batch.upto for _, batch in asked] == [5]
    assert not made.has_lost(asked, [True])
    assert made.has_lost(asked, [False])


def test_what_was_stored_between_two_checks_is_not_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    made.committed({3: 5})
    assert not made.has_lost(asked, [False])


def test_what_was_given_up_meanwhile_is_not_lost_again() -> None:
    made = table([5])
    asked = made.oldest()
    made.clear()
    assert not made.has_lost(asked, [False])


def test_partitions_do_not_wait_for_each_other() -> None:
    made = table([5])
    made.add(4, InFlightBatch(entry="1-0", upto=9, produced_at=0.0))
    made.committed({4: 9})
    assert [partition for partition, _ in made.oldest()] == [3]
