"""Watches of a chat and its topics; scanners hear of each change.
Rules and settings of a chat.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from domain.chats import ChatTarget
from domain.rules.rules import DEFAULT_SETTINGS, Digest, Rules
from services.people import ChatStore
from services.watches import RuleStore, WatchStore
from storage.chats.cached_chats import CachedChats
from storage.chats.watches import watches_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow

pytestmark = pytest.mark.services


class Changes:
    """Counts how often the set of wallets has changed."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
async def watches(
    database: Database, cached: CachedChats, target: ChatTarget, changes: Changes
) -> WatchStore:
    await ChatStore(database=database, cached=cached).open(target)
    return WatchStore(database=database, chain=CHAIN, changed=changes, cached=cached)


async def test_each_change_of_the_wallets_is_announced(
    watches: WatchStore, target: ChatTarget, changes: Changes
) -> None:
    assert await watches.follow(target, WHALE, "Moby", by=5)
    assert not await watches.follow(target, WHALE, "Moby", by=5)
    (watch,) = await watches.of(target)
    assert await watches.unfollow(watch)
    assert not await watches.unfollow(watch)
    assert changes.count == 4


async def test_a_topic_has_watches_of_its_own(watches: WatchStore, target: ChatTarget) -> None:
    await watches.follow(replace(target, topic_id=9), WHALE, "", by=0)
    assert await watches.of(target) == []
    assert [watch.wallet for watch in await watches.of(replace(target, topic_id=9))] == [WHALE]


async def test_a_watch_of_another_chat_is_not_found(watches: WatchStore, target: ChatTarget) -> None:
    await watches.follow(target, WHALE, "", by=0)
    (watch,) = await watches.of(target)
    assert await watches.by_id(watch.watch_id, chat_id=target.chat_id) == watch
    assert await watches.by_id(watch.watch_id, chat_id=BOB) is None


async def test_a_watch_is_renamed_and_muted_while_it_is_followed(
    watches: WatchStore, target: ChatTarget
) -> None:
    await watches.follow(target, WHALE, "Moby", by=0)
    (watch,) = await watches.of(target)
    assert await watches.rename(watch, "Dick")
    assert await watches.mute(watch, 60.0) is not None
    (renamed,) = await watches.of(target)
    assert renamed.label == "Dick"
    await watches.unfollow(watch)
    assert not await watches.rename(watch, "Moby")
    assert await watches.mute(watch, 60.0) is None


@pytest.fixture
def rules(database: Database, cached: CachedChats) -> RuleStore:
    chats = ChatStore(database=database, cached=cached)
    return RuleStore(database=database, chats=chats, cached=cached)


async def test_a_chat_that_sets_something_first_becomes_known(rules: RuleStore, target: ChatTarget) -> None:
    assert await rules.settings(ALICE) == DEFAULT_SETTINGS
    changed = await rules.change_settings(target, lambda old: structs.replace(old, digest=Digest.HOURLY))
    assert changed.digest is Digest.HOURLY
    assert await rules.settings(ALICE) == changed


async def test_rules_for_all_wallets_stand_in_the_settings(rules: RuleStore, target: ChatTarget) -> None:
    await rules.change_chat_rules(target, lambda old: structs.replace(old, min_usd=Decimal(5)))
    assert (await rules.settings(ALICE)).rules == Rules(min_usd=Decimal(5))


async def test_rules_of_a_watch_change_until_it_is_gone(database: Database, rules: RuleStore) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert await rules.change_rules(watch, lambda old: structs.replace(old, first_buy_only=True))
    (changed,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert changed.rules.first_buy_only
    await database.execute("DELETE FROM watches")
    assert not await rules.change_rules(watch, lambda old: old)
