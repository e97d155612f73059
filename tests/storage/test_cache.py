"""One cache: two tiers, one look-up, and no value that was changed before it was asked for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

import msgspec
import pytest
from redis.asyncio import Redis

from runtime.embedded.ports import free_port
from storage.cache import MAX_VALUE_BYTES, MISSING, Cache, CacheSpec, always
from storage.caches import Caches
from storage.keys import CacheName, cached
from storage.redis import open_redis
from tests.scenarios.cut_connections import Cutter

pytestmark = pytest.mark.services

NAME = CacheName.TOKENS
NUMBERS = CacheSpec(name=NAME, type_=int, seconds=always(60))
SHARED_NUMBERS = CacheSpec(name=NAME, type_=int, seconds=always(60), local_seconds=0)


class Fact(msgspec.Struct, frozen=True):
    name: str


class LaterFact(msgspec.Struct, frozen=True):
    name: str
    size: int = 0


class Source:
    """A row that changes, and how often it was read."""

    def __init__(self, value: int = 42) -> None:
        self.value = value
        self.asked = 0

    async def load(self) -> int:
        self.asked += 1
        value = self.value
        await asyncio.sleep(0)
        return value

    async def load_many(self, keys: Sequence[str]) -> dict[str, int]:
        return {key: await self.load() for key in keys}

    async def fail(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        raise LookupError


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


@pytest.fixture
def cache(client: Redis) -> Cache[int]:
    return Caches(client).open(NUMBERS)


async def test_a_hundred_askers_cause_one_look_up(cache: Cache[int]) -> None:
    source = Source()
    answers = await asyncio.gather(*(cache.get_or_load("k", source.load) for _ in range(100)))
    assert answers == [42] * 100
    assert source.asked == 1
    assert cache.statistics.misses == 1


async def test_another_process_finds_the_value_in_redis(client: Redis) -> None:
    source = Source()
    for _ in range(2):
        assert await Caches(client).open(NUMBERS).get_or_load("k", source.load) == 42
    assert source.asked == 1


async def test_a_process_asks_redis_no_more_while_its_own_copy_is_young(
    client: Redis, cache: Cache[int]
) -> None:
    await cache.get_or_load("k", Source().load)
    await client.flushall()
    assert await cache.get("k") == 42
    assert cache.statistics.hits == 1
    assert cache.statistics.hit_rate == 0.5


async def test_without_a_local_time_every_question_goes_to_redis(client: Redis) -> None:
    cache = Caches(client).open(SHARED_NUMBERS)
    await cache.get_or_load("k", Source().load)
    await client.flushall()
    assert await cache.get("k") is MISSING


async def test_what_is_forgotten_is_loaded_again(cache: Cache[int]) -> None:
    source = Source()
    await cache.get_or_load("k", source.load)
    source.value = 43
    await cache.forget("k")
    assert await cache.get_or_load("k", source.load) == 43


async def test_a_failure_reaches_all_askers_and_is_not_kept(cache: Cache[int]) -> None:
    source = Source()
    askers = (cache.get_or_load("k", source.fail) for _ in range(3))
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert all(isinstance(outcome, LookupError) for outcome in outcomes)
    assert await cache.get_or_load("k", source.load) == 42


async def test_a_cancelled_asker_fails_no_other(cache: Cache[int]) -> None:
    source, hangs = Source(), asyncio.Event()

    async def hang() -> int:
        hangs.set()
        await asyncio.Event().wait()
        return 0

    async with asyncio.TaskGroup() as group:
        asker = group.create_task(cache.get_or_load("k", hang))
        await hangs.wait()
        others = [group.create_task(cache.get_or_load("k", source.load)) for _ in range(10)]
        await asyncio.sleep(0)
        asker.cancel()
    assert [other.result() for other in others] == [42] * 10
    assert source.asked == 1


@pytest.mark.parametrize("spec", [NUMBERS, SHARED_NUMBERS])
async def test_what_was_read_before_a_change_is_kept_nowhere_after_it(
    client: Redis, spec: CacheSpec[int]
) -> None:
    slow, writer = Caches(client).open(spec), Caches(client).open(spec)
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def read_slowly() -> int:
        has_read.set()
        await may_go_on.wait()
        return 1  # the row as it was

    async with asyncio.TaskGroup() as group:
        reader = group.create_task(slow.get_or_load("k", read_slowly))
        await has_read.wait()
        await writer.forget("k")  # the row has become 2
        may_go_on.set()
    assert reader.result() == 1
    assert await writer.get_or_load("k", Source(2).load) == 2
    slow.drop_local(["k"])
    assert await slow.get_or_load("k", Source(0).load) == 2


async def test_who_changed_something_does_not_join_a_look_up_that_began_before(cache: Cache[int]) -> None:
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def read_slowly() -> int:
        has_read.set()
        await may_go_on.wait()
        return 1

    async with asyncio.TaskGroup() as group:
        group.create_task(cache.get_or_load("k", read_slowly))
        await has_read.wait()
        await cache.forget("k")
        assert await cache.get_or_load("k", Source(2).load) == 2
        may_go_on.set()
    assert await cache.get("k") == 2


async def test_nothing_may_be_known_for_another_time_than_something(client: Redis) -> None:
    def seconds(value: int) -> float:
        return 5 if value == 0 else 60

    cache = Caches(client).open(CacheSpec(name=NAME, type_=int, seconds=seconds))
    await cache.get_or_load("nothing", Source(0).load)
    await cache.get_or_load("something", Source(1).load)
    assert await cache.get("nothing") == 0
    assert await client.ttl(cached(NAME, "nothing")) <= 5 < await client.ttl(cached(NAME, "something"))


async def test_what_is_good_for_no_time_is_not_kept(client: Redis) -> None:
    cache, source = Caches(client).open(CacheSpec(name=NAME, type_=int, seconds=always(0))), Source()
    for _ in range(2):
        await cache.get_or_load("k", source.load)
    assert source.asked == 2
    assert await client.exists(cached(NAME, "k")) == 0


async def test_many_are_asked_for_together(client: Redis, cache: Cache[int]) -> None:
    await cache.set_many({"a": 1, "b": 2})
    other, source = Caches(client).open(NUMBERS), Source()
    assert await other.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert await other.get_or_load_many(["a", "b", "c", "d"], source.load_many) == {
        "a": 1,
        "b": 2,
        "c": 42,
        "d": 42,
    }
    assert source.asked == 2


async def test_what_a_look_up_does_not_answer_stays_missing(cache: Cache[int]) -> None:
    async def nothing(_: Sequence[str]) -> dict[str, int]:
        return {}

    assert await cache.get_or_load_many(["a"], nothing) == {}
    assert await cache.get("a") is MISSING


async def test_a_value_is_taken_once(client: Redis, cache: Cache[int]) -> None:
    await cache.set("k", 7)
    takers = [Caches(client).open(NUMBERS) for _ in range(5)]
    taken = await asyncio.gather(*(taker.take("k") for taker in takers))
    assert sorted(value for value in taken if value is not MISSING) == [7]


async def test_a_number_is_counted_by_all_together(client: Redis, cache: Cache[int]) -> None:
    others = [Caches(client).open(NUMBERS) for _ in range(5)]
    sums = await asyncio.gather(*(other.increment("n", 2, seconds=30) for other in others))
    assert sorted(found or 0 for found in sums) == [2, 4, 6, 8, 10]
    assert await cache.get("n") == 10
    assert 0 < await client.ttl(cached(NAME, "n")) <= 30


async def test_a_corrupted_value_is_missing_and_replaced(client: Redis, cache: Cache[int]) -> None:
    source = Source()
    await cache.set("k", 1)
    text = await client.get(cached(NAME, "k"))
    assert isinstance(text, bytes)
    for broken in (text + b"}", b"", b"\xff\xfe", text.replace(b"1", b'"one"')):
        await client.set(cached(NAME, "k"), broken, ex=60)
        cache.drop_local(None)
        assert await cache.get_or_load("k", source.load) == 42
        cache.drop_local(None)
    assert await cache.get_or_load("k", source.load) == 42
    assert await client.get(cached(NAME, "k")) != text.replace(b"1", b'"one"')


async def test_values_of_a_type_with_other_fields_are_missing(client: Redis) -> None:
    earlier = Caches(client).open(CacheSpec(name=NAME, type_=Fact, seconds=always(60)))
    later = Caches(client).open(CacheSpec(name=NAME, type_=LaterFact, seconds=always(60)))
    await earlier.set("k", Fact("a"))
    assert await later.get("k") is MISSING
    await later.set("k", LaterFact("b", 2))
    await earlier.forget("k")  # a program of the version before changes the source
    later.drop_local(None)
    assert await later.get("k") is MISSING


async def test_a_value_that_is_too_long_is_not_kept(client: Redis) -> None:
    cache = Caches(client).open(CacheSpec(name=NAME, type_=str, seconds=always(60)))

    async def load() -> str:
        return "a" * MAX_VALUE_BYTES

    assert await cache.get_or_load("k", load) == "a" * MAX_VALUE_BYTES
    assert await cache.get("k") is MISSING
    assert await client.exists(cached(NAME, "k")) == 0


async def test_without_redis_the_process_keeps_values_and_the_source_is_asked() -> None:
    client = open_redis(f"redis://127.0.0.1:{free_port()}/0", text=False)
    cache, source = Caches(client).open(NUMBERS), Source()
    for _ in range(3):
        assert await cache.get_or_load("k", source.load) == 42
    assert source.asked == 1
    source.value = 43
    await cache.forget("k")
    assert await cache.get_or_load("k", source.load) == 43
    assert await cache.take("other") is MISSING
    assert await cache.increment("n", seconds=5) is None
    assert await cache.get_many(["x", "y"]) == {}
    await client.aclose()


async def test_a_change_that_redis_did_not_hear_of_is_not_read_back(client: Redis, valkey_url: str) -> None:
    port = free_port()
    server_port = urlsplit(valkey_url).port or 0
    away = open_redis(valkey_url.replace(f":{server_port}/", f":{port}/"), text=False)
    caches = Caches(away)
    cache = caches.open(SHARED_NUMBERS)
    await Caches(client).open(SHARED_NUMBERS).set("k", 1)
    await cache.forget("k")  # the row has become 2, and Redis is unavailable
    line = Cutter("127.0.0.1", server_port)
    server = await asyncio.start_server(line.serve, "127.0.0.1", port)  # Redis is back, as it was before
    async with server:
        assert await cache.get_or_load("k", Source(2).load) == 2
        assert await Caches(client).open(SHARED_NUMBERS).get("k") == 2
        await away.aclose()
