"""Watches: followed once, named, muted, given up."""

from dataclasses import replace

import pytest

from storage.chats.watches import (
    add_watch,
    mute_watch,
    remove_watch,
    rename_watch,
    watch_by_id,
    watched_wallets,
    watches_of,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, watch_for

pytestmark = pytest.mark.services


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
