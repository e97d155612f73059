"""What a chat has set, read through the cache: no process ever answers what its person has changed since."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from redis.asyncio import Redis

from domain.chats import ChatKind, ChatTarget
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Digest, Rules
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats, reading_once
from storage.chats.rules import change_rules, change_settings
from storage.chats.watches import mute_watch
from storage.postgres import Database
from storage.redis import open_redis
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services
TARGET = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice")


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(valkey_url, text=False)
    yield opened
    await opened.aclose()


def hourly(settings: ChatSettings) -> ChatSettings:
    return structs.replace(settings, digest=Digest.HOURLY)


async def test_a_second_instance_reads_what_the_first_has_just_changed(
    database: Database, client: Redis
) -> None:
    await follow(database, ALICE)
    one, other = (CachedChats(database, Caches(client)) for _ in range(2))
    assert await other.settings(ALICE) == DEFAULT_SETTINGS
    (watch,) = await other.watches(TARGET, chain=CHAIN)
    async with one.changing(ALICE):
        await change_settings(database, ALICE, hourly)
        await change_rules(
            database, watch_id=watch.watch_id, chat_id=ALICE, change=lambda _: Rules(first_buy_only=True)
        )
        await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=60)
    assert (await other.settings(ALICE)).digest is Digest.HOURLY
    (changed,) = await other.watches(TARGET, chain=CHAIN)
    assert changed.rules.first_buy_only
    assert changed.settings.digest is Digest.HOURLY
    assert changed.muted_until is not None
    assert changed == (await one.watches(TARGET, chain=CHAIN))[0]


async def test_what_the_cache_gives_is_what_the_rows_say(database: Database, client: Redis) -> None:
    await follow(database, ALICE)
    chats = CachedChats(database, Caches(client))
    first = await chats.watches(TARGET, chain=CHAIN)
    assert await chats.watches(TARGET, chain=CHAIN) == first
    assert await chats.watches(ChatTarget(chat_id=ALICE, kind=ChatKind.GROUP, topic_id=9), chain=CHAIN) == []
    assert await chats.watches(TARGET, chain="x1") == []


async def test_a_change_whose_answer_was_lost_is_read_all_the_same(database: Database, client: Redis) -> None:
    await follow(database, ALICE)
    chats = CachedChats(database, Caches(client))
    assert await chats.settings(ALICE) == DEFAULT_SETTINGS

    async def change() -> None:
        async with chats.changing(ALICE):
            await change_settings(database, ALICE, hourly)
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await change()
    assert (await chats.settings(ALICE)).digest is Digest.HOURLY


async def test_readers_among_writers_never_see_what_was_before_a_change(
    database: Database, client: Redis
) -> None:
    await follow(database, ALICE)
    instances = [CachedChats(database, Caches(client)) for _ in range(3)]
    done = 0
    ended = asyncio.Event()

    async def read(chats: CachedChats) -> None:
        while not ended.is_set():
            known = done
            found = await chats.settings(ALICE)
            assert (found.rules.min_age_seconds or 0) >= known
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for chats in instances:
            group.create_task(read(chats))
        for number in range(1, 31):
            async with instances[number % 3].changing(ALICE):
                await change_settings(
                    database,
                    ALICE,
                    lambda old, n=number: structs.replace(old, rules=Rules(min_age_seconds=n)),  # type: ignore[misc]
                )
            done = number
        ended.set()


async def test_in_a_block_a_chat_is_read_once_and_anew_after_each_change_there(
    database: Database, client: Redis
) -> None:
    await follow(database, ALICE)
    chats = CachedChats(database, caches := Caches(client))

    def asked() -> int:
        return sum(one.hits + one.misses for one in caches.statistics)

    with reading_once():
        for _ in range(3):
            await chats.settings(ALICE)
            await chats.watches(TARGET, chain=CHAIN)
        assert asked() == 2
        async with chats.changing(ALICE):
            await change_settings(database, ALICE, hourly)
        assert (await chats.settings(ALICE)).digest is Digest.HOURLY
        (watch,) = await chats.watches(TARGET, chain=CHAIN)
        assert watch.settings.digest is Digest.HOURLY
    await chats.settings(ALICE)
    await chats.settings(ALICE)
    assert asked() == 6, "outside of a block each asks"


async def test_what_was_asked_for_in_a_block_before_a_change_is_not_kept_after_it(
    database: Database, client: Redis
) -> None:
    await follow(database, ALICE)
    chats = CachedChats(database, Caches(client))
    with reading_once():
        async with asyncio.TaskGroup() as group:
            early = group.create_task(chats.settings(ALICE))
            await asyncio.sleep(0)
            async with chats.changing(ALICE):
                await change_settings(database, ALICE, hourly)
        await early
        assert (await chats.settings(ALICE)).digest is Digest.HOURLY
