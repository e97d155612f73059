"""Watches: followed once, named, muted, given up."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from storage.chats.watches import (
    NewWatches,
    StoredWatches,
    add_watch,
    add_watches,
    mute_watch,
    rename_watch,
    watch_by_id,
    watches_of,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, watch_for

pytestmark = pytest.mark.services
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
THIRD = "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1"


def wallets_of(chat_id: int, labels: Mapping[str, str]) -> NewWatches:
    return NewWatches(chat_id=chat_id, topic_id=0, chain=CHAIN, labels=labels, created_by=chat_id)


async def test_following_twice_is_following_once_and_keeps_the_label(database: Database) -> None:
    assert await follow(database, ALICE, label="Toly")
    assert not await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert (watch.wallet, watch.label) == (WHALE, "Toly")


async def test_topics_of_a_group_follow_apart(database: Database) -> None:
    await follow(database, ALICE)
    assert await add_watch(database, replace(watch_for(ALICE), topic_id=9), created_by=None)
    assert len(await watches_of(database, chat_id=ALICE, topic_id=9, chain=CHAIN)) == 1


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


async def test_a_chat_follows_no_more_than_it_may_and_hears_which_are_left_out(database: Database) -> None:
    await follow(database, ALICE)
    wallets = {WHALE: "Renamed", OTHER: "Second", THIRD: "Third"}
    stored = await add_watches(database, wallets_of(ALICE, wallets), limit=2)
    assert stored == StoredWatches(new=frozenset({OTHER}), left_out=(THIRD,), used=2)
    watched = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert [(watch.wallet, watch.label) for watch in watched] == [(WHALE, "Renamed"), (OTHER, "Second")]


async def test_a_chat_over_its_limit_keeps_what_it_follows_and_gets_nothing_new(database: Database) -> None:
    await follow(database, ALICE)
    stored = await add_watches(database, wallets_of(ALICE, {OTHER: "", WHALE: ""}), limit=0)
    assert stored == StoredWatches(new=frozenset(), left_out=(OTHER,), used=1)


async def test_a_banned_wallet_is_followed_by_nobody_and_takes_no_room(database: Database) -> None:
    await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice"))
    await follow(database, BOB, wallet=OTHER)
    await database.execute("UPDATE wallets SET banned_reason = 'hostile' WHERE address = $1", OTHER)
    stored = await add_watches(database, wallets_of(ALICE, {OTHER: "", WHALE: ""}), limit=1)
    assert stored == StoredWatches(new=frozenset({WHALE}), banned=frozenset({OTHER}), used=1)


async def test_chats_that_follow_at_one_time_never_exceed_the_limit_of_their_account(
    database: Database,
) -> None:
    await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice"))
    each = [wallets_of(ALICE, {wallet: ""}) for wallet in (WHALE, OTHER, THIRD)]
    stored = await asyncio.gather(*(add_watches(database, new, limit=1) for new in each))
    assert sum(len(one.new) for one in stored) == 1
    assert sum(len(one.left_out) for one in stored) == 2
