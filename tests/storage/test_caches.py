"""All caches of a process: they gets alerts of each other's changes, and are cleared everywhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from runtime.processes.lifecycle import Stop, nursery
from storage.cache import MISSING, Cache, CacheSpec, always
from storage.caches import Caches
from storage.keys import CACHES_CHANNEL, CacheName, cached
from storage.redis import open_redis

pytestmark = pytest.mark.services

TOKENS = CacheSpec(name=CacheName.TOKENS, type_=int, seconds=always(60), local_seconds=60)
SCANS = CacheSpec(name=CacheName.SCANS, type_=int, seconds=always(60), local_seconds=60)


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


@asynccontextmanager
async def listening(caches: Caches, client: Redis) -> AsyncIterator[None]:
    stop = Stop()
    async with nursery(stop) as tasks:
        tasks.start("caches", caches.listen(stop))
        await until(lambda: _subscribers(client), at_least=1)
        yield
        stop.set()


async def _subscribers(client: Redis) -> int:
    ((_, number),) = await client.pubsub_numsub(CACHES_CHANNEL)
    return int(number)


async def until(ask: Callable[[], Awaitable[int]], *, at_least: int) -> None:
    async with asyncio.timeout(5):
        while await ask() < at_least:  # noqa: ASYNC110 - Redis has no event for it
            await asyncio.sleep(0.005)


async def test_another_process_hears_of_a_change(client: Redis) -> None:
    here, there = Caches(client), Caches(client)
    mine, theirs = here.open(TOKENS), there.open(TOKENS)
    async with listening(there, client):
        await mine.set("k", 1)
        assert await theirs.get("k") == 1
        await mine.set("k", 2)
        await _until_value(theirs, "k", 2)
        await mine.forget("k")
        await _until_value(theirs, "k", MISSING)


async def test_a_cleared_cache_is_empty_everywhere_and_the_others_are_not(client: Redis) -> None:
    here, there = Caches(client), Caches(client)
    tokens, scans = here.open(TOKENS), here.open(SCANS)
    theirs = there.open(TOKENS)
    async with listening(there, client):
        await tokens.set_many({str(number): number for number in range(2_500)})
        await scans.set("k", 1)
        assert await theirs.get("7") == 7
        assert await here.clear(CacheName.TOKENS) == 2_500
        assert await tokens.get("7") is MISSING
        await _until_value(theirs, "7", MISSING)
        assert await scans.get("k") == 1


async def test_a_cache_that_only_other_programs_have_is_cleared_too(client: Redis) -> None:
    await Caches(client).open(TOKENS).set("k", 1)
    assert await Caches(client).clear(CacheName.TOKENS) == 1
    assert await client.exists(cached(CacheName.TOKENS, "k")) == 0


async def test_what_is_loaded_while_a_cache_is_cleared_is_not_kept_after_it(client: Redis) -> None:
    caches = Caches(client)
    cache = caches.open(TOKENS)
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def load() -> int:
        has_read.set()
        await may_go_on.wait()
        return 1

    async with asyncio.TaskGroup() as group:
        group.create_task(cache.get_or_load("k", load))
        await has_read.wait()
        await caches.clear(CacheName.TOKENS)
        may_go_on.set()
    assert await cache.get("k") is MISSING


async def test_what_was_missed_while_the_subscription_was_broken_is_not_kept(client: Redis) -> None:
    here, there = Caches(client), Caches(client)
    mine, theirs = here.open(TOKENS), there.open(TOKENS)
    async with listening(there, client):
        await mine.set("k", 1)
        assert await theirs.get("k") == 1
        await client.set(cached(CacheName.TOKENS, "k"), b"changed, and nobody was told")
        await client.client_kill_filter(_type="pubsub")
        await _until_value(theirs, "k", MISSING)


async def test_strange_notes_do_no_harm(client: Redis) -> None:
    caches = Caches(client)
    cache = caches.open(TOKENS)
    async with listening(caches, client):
        await cache.set("k", 1)
        for note in (b"?", b"{}", b'{"origin":"x","cache":"unknown"}', b"\xff"):
            await client.publish(CACHES_CHANNEL, note)
        await client.publish(CACHES_CHANNEL, b'{"origin":"x","cache":"tokens"}')
        await client.delete(cached(CacheName.TOKENS, "k"))
        await _until_value(cache, "k", MISSING)


async def test_what_never_expires_or_belongs_to_no_cache_is_deleted(client: Redis) -> None:
    caches = Caches(client)
    await caches.open(TOKENS).set("k", 1)
    await client.set(cached(CacheName.TOKENS, "for ever"), b"1")
    await client.set("whale:cache:0:tokens:value:old", b"1", ex=60)
    await client.set("whale:session:1:2", b"1")
    assert await caches.delete_stale() == 2
    assert await client.exists(cached(CacheName.TOKENS, "k"), "whale:session:1:2") == 2


async def test_without_redis_nothing_is_cleared_and_nothing_fails() -> None:
    caches = Caches(open_redis("redis://127.0.0.1:1/0", text=False))
    assert await caches.clear(CacheName.TOKENS) is None
    assert await caches.delete_stale() is None


async def test_a_process_has_one_cache_of_a_name(client: Redis) -> None:
    caches = Caches(client)
    caches.open(TOKENS)
    with pytest.raises(ValueError, match="open already"):
        caches.open(TOKENS)
    assert [one.name for one in caches.statistics] == ["tokens"]


async def _until_value(cache: Cache[int], key: str, value: object) -> None:
    async with asyncio.timeout(5):
        while await cache.get(key) != value:  # noqa: ASYNC110 - notes come from another process
            await asyncio.sleep(0.005)
