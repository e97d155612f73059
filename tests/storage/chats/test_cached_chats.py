"""What a chat has set, read through the cache: no process ever answers what its person has changed since."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis

from domain.chats import ChatKind, ChatTarget
from domain.errors import DatabaseUnavailable
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Digest, Rules
from storage.cache_tiers import SharedTier
from storage.caches import Caches
from storage.chats import cached_chats
from storage.chats.cached_chats import CachedChats, reading_once
from storage.chats.rules import change_rules, change_settings
from storage.chats.watches import mute_watch
from storage.postgres import Database
from storage.redis import open_redis
from tests.storage.sample_data import ALICE, BOB, CHAIN, follow

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


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements from now on."""
    questions: list[str] = []
    fetch = Database.fetch

    async def noted(self: Database, query: str, *arguments: object) -> object:
        questions.append(query)
        return await fetch(self, query, *arguments)

    monkeypatch.setattr(Database, "fetch", noted)
    return questions


async def test_settings_of_many_chats_are_read_in_one_go_and_a_broken_row_spoils_its_own_alone(
    database: Database, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await change_settings(database, BOB, hourly)
    await database.execute("""UPDATE chats SET settings = '{"digest": 7}' WHERE chat_id = $1""", ALICE)
    chats = CachedChats(database, Caches(client), gather_seconds=0.02)
    questions = counted(monkeypatch)
    known = [ALICE, BOB, *range(5_000, 5_060)]
    found = await asyncio.gather(*map(chats.settings, known))
    assert len(questions) == 1
    assert [one.digest for one in found[:2]] == [DEFAULT_SETTINGS.digest, Digest.HOURLY]
    assert all(one == DEFAULT_SETTINGS for one in found[2:])
    assert await asyncio.gather(*map(chats.settings, known)) == found
    assert len(questions) == 1, "the cache has them now"


async def test_watches_of_many_chats_are_read_in_one_go_and_each_chat_gets_its_own(
    database: Database, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_chats, "MAX_WATCHES_BATCH", 20)
    for chat_id, wallet in ((ALICE, "one"), (BOB, "one"), (ALICE, "two")):
        await follow(database, chat_id, wallet=wallet)
    chats = CachedChats(database, Caches(client), gather_seconds=0.02)
    questions, asked = counted(monkeypatch), 0
    find = SharedTier.find_or_lease

    async def counted_find(self: SharedTier, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await find(self, *arguments)

    monkeypatch.setattr(SharedTier, "find_or_lease", counted_find)

    async def wallets(chat_id: int) -> list[str]:
        target = ChatTarget(chat_id=chat_id, kind=ChatKind.PRIVATE)
        return [watch.wallet for watch in await chats.watches(target, chain=CHAIN)]

    known = [ALICE, BOB, ALICE, *range(5_000, 5_017)]
    assert await asyncio.gather(*map(wallets, known)) == [["one", "two"], ["one"], ["one", "two"], *[[]] * 17]
    assert (len(questions), asked) == (1, 1)
    await asyncio.gather(*map(wallets, known))
    assert (len(questions), asked) == (1, 2), "the cache has them now"
    await asyncio.gather(*map(wallets, range(6_000, 6_021)))
    assert len(questions) == 3, "more than that wait for the next go"


async def test_what_is_read_ahead_in_a_block_is_asked_for_once_and_again_after_a_change(
    database: Database, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    chats = CachedChats(database, Caches(client))
    questions = counted(monkeypatch)
    chats.read_ahead(ALICE)
    with reading_once():
        for _ in range(2):
            chats.read_ahead(ALICE)
        await chats.settings(BOB)
        assert len(questions) == 1, "both in one go, and nothing without a block"
        assert await chats.settings(ALICE) == DEFAULT_SETTINGS
        chats.read_ahead(ALICE)
        await chats.settings(ALICE)
        assert len(questions) == 1
    with reading_once():
        chats.read_ahead(ALICE)
        async with chats.changing(ALICE):
            await change_settings(database, ALICE, hourly)
        assert (await chats.settings(ALICE)).digest is Digest.HOURLY


async def test_what_is_read_ahead_in_vain_is_heard_by_whoever_asks_for_it(
    database: Database, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> object:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(Database, "fetch", away)
    chats = CachedChats(database, Caches(client))
    with reading_once():
        chats.read_ahead(ALICE)
        with pytest.raises(DatabaseUnavailable):
            await chats.settings(ALICE)
