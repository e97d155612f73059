"""The queue to processors: in order, there until it is dropped, and honest about what it has lost."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from redis.asyncio import Redis

from domain.errors import QueueUnavailable
from domain.transaction_batches import Caught, Haul
from storage import keys
from storage.ingest.batch_queue import AT_ONCE, KEPT_SECONDS, HaulQueue
from storage.redis import open_redis
from tests.storage.scenes import CHAIN

pytestmark = pytest.mark.services


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


@pytest.fixture
def queue(client: Redis) -> HaulQueue:
    return HaulQueue(client, chain=CHAIN)


def haul(strand: int, number: int, *, size: int = 10) -> Haul:
    caught = Caught(raw=b"x" * size, wallets=("one", "two"), slot=number, block_time=7, position=0)
    return Haul(strand=strand, caught=(caught,), after=number, upto=number + 1)


async def test_hauls_come_out_as_they_went_in_each_strand_in_its_order(queue: HaulQueue) -> None:
    hauls = [haul(strand, number) for number in range(3) for strand in (4, 9)]
    entries = await queue.put(hauls)
    taken = await queue.take({4, 9}, seconds=0.1)
    assert sorted(one.entry for one in taken) == sorted(entries)
    for strand in (4, 9):
        assert [one.haul for one in taken if one.strand == strand] == [h for h in hauls if h.strand == strand]


async def test_nobody_elses_strands_are_taken_and_an_empty_queue_is_waited_for(queue: HaulQueue) -> None:
    await queue.put([haul(4, 1)])
    assert await queue.take({5}, seconds=0.05) == []


async def test_what_was_taken_stays_until_it_is_dropped(queue: HaulQueue) -> None:
    entries = await queue.put([haul(4, number) for number in range(3)])
    assert len(await queue.take({4}, seconds=0.1)) == 3
    await queue.drop({4: entries[1]})
    (left,) = await queue.take({4}, seconds=0.1)
    assert left.entry == entries[2]
    assert await queue.standing([(4, entry) for entry in entries]) == [False, False, True]


async def test_only_so_many_are_taken_at_once(queue: HaulQueue) -> None:
    await queue.put([haul(4, number) for number in range(AT_ONCE + 5)])
    assert len(await queue.take({4}, seconds=0.1)) == AT_ONCE


async def test_its_size_is_known_whoever_filled_it(queue: HaulQueue) -> None:
    assert (await queue.size()).hauls == 0
    await queue.put([haul(4, 1, size=100_000), haul(5, 1, size=100_000)])
    size = await queue.size()
    assert size.hauls == 2
    assert 200_000 <= size.size_bytes < 500_000


async def test_what_is_no_haul_is_told_and_can_be_dropped(queue: HaulQueue, client: Redis) -> None:
    await client.xadd(keys.hauls(CHAIN, 4), {"haul": b"\xc1"})
    await client.xadd(keys.hauls(CHAIN, 4), {"other": b"1"})
    await client.xadd(keys.hauls(CHAIN, 4), {"haul": msgspec.msgpack.encode(haul(5, 1))})
    await queue.put([haul(4, 1)])
    taken = await queue.take({4}, seconds=0.1)
    assert [one.haul is None for one in taken] == [True, True, True, False]
    await queue.drop({4: taken[-1].entry})
    assert (await queue.size()).hauls == 0


async def test_an_emptied_server_has_nothing_of_what_was_put(queue: HaulQueue, client: Redis) -> None:
    entries = await queue.put([haul(4, 1)])
    await client.flushall()
    assert await queue.standing([(4, entries[0])]) == [False]


async def test_what_nobody_renews_is_gone_after_a_while(queue: HaulQueue, client: Redis) -> None:
    await queue.put([haul(4, 1)])
    await queue.renew()
    assert 0 < await client.ttl(keys.hauls(CHAIN, 4)) <= KEPT_SECONDS


async def test_a_server_that_is_away_is_said() -> None:
    away = HaulQueue(open_redis("redis://127.0.0.1:1/0", text=False), chain=CHAIN)
    with pytest.raises(QueueUnavailable):
        await away.put([haul(4, 1)])
    with pytest.raises(QueueUnavailable):
        await away.take({4}, seconds=0.1)
    with pytest.raises(QueueUnavailable):
        await away.size()
