"""Two tiers, one look-up."""

import asyncio

import pytest
from redis.asyncio import Redis

from storage.caches import Cache
from storage.redis import open_redis


class Source:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def look_up(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return 42

    async def fail(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        raise LookupError


@pytest.mark.services
async def test_a_hundred_askers_cause_one_look_up(redis_client: Redis) -> None:
    source, cache = Source(), Cache(redis_client, name="t", type_=int, seconds=60)
    answers = await asyncio.gather(*(cache.get("k", source.look_up) for _ in range(100)))
    assert answers == [42] * 100
    assert source.asked == 1


@pytest.mark.services
async def test_another_process_finds_the_answer_in_redis(redis_client: Redis) -> None:
    source = Source()
    for _ in range(2):
        assert await Cache(redis_client, name="t", type_=int, seconds=60).get("k", source.look_up) == 42
    assert source.asked == 1


@pytest.mark.services
async def test_what_is_forgotten_is_looked_up_again(redis_client: Redis) -> None:
    source, cache = Source(), Cache(redis_client, name="t", type_=int, seconds=60)
    await cache.get("k", source.look_up)
    await cache.forget("k")
    await cache.get("k", source.look_up)
    assert source.asked == 2


@pytest.mark.services
async def test_a_failure_reaches_all_askers_and_is_not_kept(redis_client: Redis) -> None:
    source, cache = Source(), Cache(redis_client, name="t", type_=int, seconds=60)
    outcomes = await asyncio.gather(*(cache.get("k", source.fail) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(outcome, LookupError) for outcome in outcomes)
    assert await cache.get("k", source.look_up) == 42


@pytest.mark.services
async def test_a_cancelled_asker_fails_no_other(redis_client: Redis) -> None:
    source, cache = Source(), Cache(redis_client, name="t", type_=int, seconds=60)
    hangs = asyncio.Event()

    async def hang() -> int:
        hangs.set()
        await asyncio.Event().wait()
        return 0

    async with asyncio.TaskGroup() as group:
        asker = group.create_task(cache.get("k", hang))
        await hangs.wait()
        others = [group.create_task(cache.get("k", source.look_up)) for _ in range(10)]
        await asyncio.sleep(0)
        asker.cancel()
    assert [other.result() for other in others] == [42] * 10
    assert source.asked == 1


async def test_without_redis_it_still_answers() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    assert await Cache(client, name="t", type_=int, seconds=60).get("k", Source().look_up) == 42
    await client.aclose()
