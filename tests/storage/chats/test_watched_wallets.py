"""Which wallets are watched: all of them, or those that came recently."""

import pytest

from storage.chats.watched_wallets import busy_until, watched_now, watched_since, watched_wallets
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, happened, purchase

pytestmark = pytest.mark.services

OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def test_a_wallet_is_watched_as_long_as_somebody_follows_it(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    for chat_id, left in ((ALICE, {WHALE}), (BOB, set())):
        assert await remove_watch(database, chat_id=chat_id, topic_id=0, chain=CHAIN, wallet=WHALE)
        assert await watched_wallets(database, chain=CHAIN) == left
    assert not await remove_watch(database, chat_id=BOB, topic_id=0, chain=CHAIN, wallet=WHALE)


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


async def test_a_wallet_is_busy_until_the_hour_ends_in_which_it_has_done_so_much(database: Database) -> None:
    await follow(database, ALICE)
    assert await busy_until(database, chain=CHAIN, wallet=WHALE, events=2) is None
    await happened(database, purchase(1), purchase(2))
    hour = await database.fetchval("SELECT date_trunc('hour', now()) + interval '1 hour'")
    assert await busy_until(database, chain=CHAIN, wallet=WHALE, events=2) == hour
    assert await busy_until(database, chain=CHAIN, wallet=WHALE, events=3) is None
    assert await busy_until(database, chain=CHAIN, wallet=OTHER, events=1) is None
    await database.execute("UPDATE alerts SET created_at = created_at - interval '1 hour'")
    assert await busy_until(database, chain=CHAIN, wallet=WHALE, events=2) is None
