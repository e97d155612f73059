"""The queue to processors: in order, there until it is dropped, and honest about what it has lost."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from redis.asyncio import Redis

from domain.errors import QueueUnavailable
from domain.sharding import RawTransaction, TransactionBatch
from storage import keys
from storage.ingest.batch_queue import AT_ONCE, KEPT_SECONDS, BatchQueue
from storage.redis import open_redis
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


@pytest.fixture
def queue(client: Redis) -> BatchQueue:
    return BatchQueue(client, chain=CHAIN)


def batch(partition: int, number: int, *, size: int = 10) -> TransactionBatch:
    transactions = RawTransaction(
        raw=b"x" * size, wallets=("one", "two"), slot=number, block_time=7, position=0
    )
    return TransactionBatch(partition=partition, transactions=(transactions,), after=number, upto=number + 1)


async def test_batches_come_out_as_they_went_in_each_partition_in_its_order(queue: BatchQueue) -> None:
    batches = [batch(partition, number) for number in range(3) for partition in (4, 9)]
    entries = await queue.put(batches)
    taken = await queue.take({4, 9}, seconds=0.1)
    assert sorted(one.entry for one in taken) == sorted(entries)
    for partition in (4, 9):
        assert [one.batch for one in taken if one.partition == partition] == [
            h for h in batches if h.partition == partition
        ]


async def test_only_wanted_partitions_are_read_and_an_empty_queue_is_waited_for(queue: BatchQueue) -> None:
    await queue.put([batch(4, 1)])
    assert await queue.take({5}, seconds=0.05) == []


async def test_a_batch_stays_in_the_queue_until_it_is_dropped(queue: BatchQueue) -> None:
    entries = await queue.put([batch(4, number) for number in range(3)])
    assert len(await queue.take({4}, seconds=0.1)) == 3
    await queue.drop({4: entries[1]})
    (left,) = await queue.take({4}, seconds=0.1)
    assert left.entry == entries[2]
    assert await queue.standing([(4, entry) for entry in entries]) == [False, False, True]


async def test_only_so_many_are_taken_at_once(queue: BatchQueue) -> None:
    await queue.put([batch(4, number) for number in range(AT_ONCE + 5)])
    assert len(await queue.take({4}, seconds=0.1)) == AT_ONCE


async def test_the_size_counts_batches_of_all_collectors(queue: BatchQueue) -> None:
    assert (await queue.size()).batches == 0
    await queue.put([batch(4, 1, size=100_000), batch(5, 1, size=100_000)])
    size = await queue.size()
    assert size.batches == 2
    assert 200_000 <= size.size_bytes < 500_000


async def test_an_entry_that_is_no_batch_is_returned_as_none_and_can_be_dropped(
    queue: BatchQueue, client: Redis
) -> None:
    await client.xadd(keys.batches(CHAIN, 4), {"batch": b"\xc1"})
    await client.xadd(keys.batches(CHAIN, 4), {"other": b"1"})
    await client.xadd(keys.batches(CHAIN, 4), {"batch": msgspec.msgpack.encode(batch(5, 1))})
    await queue.put([batch(4, 1)])
    taken = await queue.take({4}, seconds=0.1)
    assert [one.batch is None for one in taken] == [True, True, True, False]
    await queue.drop({4: taken[-1].entry})
    assert (await queue.size()).batches == 0


async def test_an_emptied_server_has_nothing_of_what_was_put(queue: BatchQueue, client: Redis) -> None:
    entries = await queue.put([batch(4, 1)])
    await client.flushall()
    assert await queue.standing([(4, entries[0])]) == [False]


async def test_batches_that_nobody_renews_expire(queue: BatchQueue, client: Redis) -> None:
    await queue.put([batch(4, 1)])
    await queue.renew()
    assert 0 < await client.ttl(keys.batches(CHAIN, 4)) <= KEPT_SECONDS


async def test_a_server_that_is_away_raises_an_error() -> None:
    away = BatchQueue(open_redis("redis://127.0.0.1:1/0", text=False), chain=CHAIN)
    with pytest.raises(QueueUnavailable):
        await away.put([batch(4, 1)])
    with pytest.raises(QueueUnavailable):
        await away.take({4}, seconds=0.1)
    with pytest.raises(QueueUnavailable):
        await away.size()
