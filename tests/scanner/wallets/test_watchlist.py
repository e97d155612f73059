"""The set of watched wallets: reloaded, caught up, and waited for when it changes."""

import asyncio

import pytest

from scanner.wallets.watchlist import RELOAD_SECONDS, Watchlist
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.sandbox.chain.wallets import key
from tests.scanner.world import ALICE, CHAIN, follow

pytestmark = pytest.mark.services

FIRST, SECOND = str(key(1).pubkey()), str(key(2).pubkey())


async def test_a_reload_brings_what_came_and_what_went(database: Database) -> None:
    watchlist = Watchlist(database, chain=CHAIN)
    await follow(database, FIRST)
    await watchlist.reload()
    assert watchlist.wallets == {FIRST}
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=FIRST)
    await follow(database, SECOND)
    await watchlist.reload()
    assert watchlist.wallets == set(watchlist.index) == {SECOND}


async def test_catching_up_brings_what_came(database: Database) -> None:
    watchlist = Watchlist(database, chain=CHAIN)
    await follow(database, FIRST)
    await watchlist.reload()
    await follow(database, SECOND)
    await watchlist.catch_up()
    assert watchlist.wallets == {FIRST, SECOND}


async def test_catching_up_finds_a_wallet_that_is_followed_again(database: Database) -> None:
    watchlist = Watchlist(database, chain=CHAIN)
    await follow(database, FIRST)
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=FIRST)
    await watchlist.reload()
    await follow(database, FIRST)
    await watchlist.catch_up()
    assert watchlist.wallets == {FIRST}


async def test_who_waits_for_a_change_is_woken_by_one_only(database: Database) -> None:
    watchlist = Watchlist(database, chain=CHAIN)
    before = watchlist.subscription_filter
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(watchlist.changed(before))
        await watchlist.reload()
        await asyncio.sleep(0)
        assert not waiting.done()
        await follow(database, FIRST)
        await watchlist.catch_up()
    assert watchlist.subscription_filter is not before
    await watchlist.changed(before)


async def test_wallets_of_another_chain_are_not_ours(database: Database) -> None:
    await follow(database, FIRST)
    other = Watchlist(database, chain="x1")
    await other.reload()
    await other.catch_up()
    assert other.wallets == frozenset()


async def test_news_of_a_change_and_the_time_itself_reload_it(database: Database) -> None:
    watchlist, waits = Watchlist(database, chain=CHAIN), []
    await follow(database, FIRST)
    done = asyncio.Event()

    async def changed(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 1:
            done.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(watchlist.keep_reloading(changed))
        await done.wait()
        task.cancel()
    assert watchlist.wallets == {FIRST}
    assert waits == [RELOAD_SECONDS] * 2
