"""Watches: followed once, named, muted, given up.
Which wallets are watched: all of them, or those that came lately.
"""

from dataclasses import replace

import pytest

from storage.chats.watches import (
    add_watch,
    mute_watch,
    remove_watch,
    rename_watch,
    watch_by_id,
    watched_now,
    watched_since,
    watched_wallets,
    watches_of,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, watch_for

pytestmark = pytest.mark.services
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def test_following_twice_is_following_once_and_keeps_the_label(database: Database) -> None:
    assert await follow(database, ALICE, label="Toly")
    assert not await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert (watch.wallet, watch.label) == (WHALE, "Toly")


async def test_topics_of_a_group_follow_apart(database: Database) -> None:
    await follow(database, ALICE)
    assert await add_watch(database, replace(watch_for(ALICE), topic_id=9), created_by=None)
    assert len(await watches_of(database, chat_id=ALICE, topic_id=9, chain=CHAIN)) == 1


async def test_a_wallet_is_watched_as_long_as_somebody_follows_it(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    for chat_id, left in ((ALICE, {WHALE}), (BOB, set())):
        assert await remove_watch(database, chat_id=chat_id, topic_id=0, chain=CHAIN, wallet=WHALE)
        assert await watched_wallets(database, chain=CHAIN) == left
    assert not await remove_watch(database, chat_id=BOB, topic_id=0, chain=CHAIN, wallet=WHALE)


async def test_a_label_can_be_changed_where_the_wallet_is_followed(database: Database) -> None:
    await follow(database, ALICE)
    assert await rename_watch(database, watch_for(ALICE, label="Big one"))
    assert not await rename_watch(database, watch_for(BOB, label="Big one"))


async def test_only_the_own_chat_can_mute_a_watch(database: Database) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert await mute_watch(database, watch_id=watch.watch_id, chat_id=BOB, seconds=60) is None
    assert await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=60) is not None
    muted = await watch_by_id(database, watch.watch_id)
    assert muted is not None
    assert muted.muted_until is not None


async def test_a_watch_that_is_gone_is_none(database: Database) -> None:
    assert await watch_by_id(database, 404) is None


async def test_all_watched_wallets_are_read_with_the_newest_watch(database: Database) -> None:
    assert (await watched_now(database, chain=CHAIN)).wallets == frozenset()
    await follow(database, ALICE)
    await follow(database, BOB)
    now = await watched_now(database, chain=CHAIN)
    assert now.wallets == {WHALE}
    await follow(database, ALICE, wallet=OTHER)
    assert OTHER in await watched_since(database, chain=CHAIN, newest=now.newest)


async def test_a_watch_that_became_visible_late_is_read_as_a_new_one(database: Database) -> None:
    await follow(database, ALICE)
    newest = (await watched_now(database, chain=CHAIN)).newest
    assert await watched_since(database, chain=CHAIN, newest=newest) == {WHALE}


async def test_only_followed_wallets_of_the_chain_are_watched(database: Database) -> None:
    await follow(database, ALICE)
    assert await watched_since(database, chain="x1", newest=0) == frozenset()
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WHALE)
    assert await watched_since(database, chain=CHAIN, newest=0) == frozenset()
    assert (await watched_now(database, chain=CHAIN)).wallets == frozenset()
