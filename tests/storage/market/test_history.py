"""How far the reading of histories is, and which wallet comes next."""

import pytest

from storage.market.history import (
    MAX_REREADS,
    HistoryResult,
    UnreadWallet,
    begin_reading,
    history_progress,
    keep_transactions,
    kept_transactions,
    note_progress,
    put_history,
    unread_wallets,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, purchase

pytestmark = pytest.mark.services

OTHER = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


async def _followed(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await database.execute("UPDATE watches SET since_slot = 9, created_at = created_at - interval '1 minute'")


async def next_unread(database: Database, *, chain: str) -> UnreadWallet | None:
    return next(iter(await unread_wallets(database, chain=chain, limit=1)), None)


async def test_the_wallet_that_was_followed_last_comes_first(database: Database) -> None:
    await _followed(database)
    found = await next_unread(database, chain=CHAIN)
    assert found is not None
    assert (found.address, found.last_slot) == (OTHER, 9)
    assert await next_unread(database, chain="another") is None


async def test_it_ends_where_the_feed_is_and_begins_once_every_scanner_knows_of_the_watch(
    database: Database,
) -> None:
    """What happened just before is in no alert, though its slot may be above that of the watch."""
    await _followed(database)
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 12)", CHAIN)
    found = await next_unread(database, chain=CHAIN)
    assert found is not None
    assert (found.address, found.last_slot) == (OTHER, 12)
    await database.execute("UPDATE watches SET created_at = now()")
    assert await next_unread(database, chain=CHAIN) is None


async def test_one_that_was_followed_while_no_scanner_ran_is_read_as_well(database: Database) -> None:
    await _followed(database)
    await database.execute("UPDATE watches SET since_slot = NULL")
    assert await next_unread(database, chain=CHAIN) is None, "nothing was ever read"
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 8)", CHAIN)
    found = await next_unread(database, chain=CHAIN)
    assert found is not None
    assert (found.address, found.last_slot) == (OTHER, 8)


async def test_what_was_read_is_kept_until_all_of_it_is(database: Database) -> None:
    await _followed(database)
    wallet = await next_unread(database, chain=CHAIN)
    assert wallet is not None
    bought = purchase(1)
    await keep_transactions(database, wallet, {"a": [bought], "b": []})
    await keep_transactions(database, wallet, {"b": [bought], "c": []})
    assert await kept_transactions(database, wallet) == {"a": [bought], "b": [], "c": []}
    await database.execute("UPDATE history_transactions SET activities = '[{}]' WHERE signature = 'a'")
    assert (await kept_transactions(database, wallet)).keys() == {"b", "c"}, "of another version"
    await put_history(database, chain=CHAIN, wallet=wallet, read=HistoryResult(holdings={}, is_final=False))
    assert len(await kept_transactions(database, wallet)) == 2, "its dollars are asked for again"
    await put_history(database, chain=CHAIN, wallet=wallet, read=HistoryResult(holdings={}))
    assert await kept_transactions(database, wallet) == {}


async def test_one_that_is_being_read_waits_and_one_that_ended_stays_so(
    database: Database,
) -> None:
    await _followed(database)
    first = await next_unread(database, chain=CHAIN)
    assert first is not None
    await note_progress(database, first, transactions=20, planned=200, retry_seconds=60)
    second = await next_unread(database, chain=CHAIN)
    assert second is not None
    assert second.address == WHALE
    await put_history(database, chain=CHAIN, wallet=second, read=HistoryResult(holdings={}))
    assert await next_unread(database, chain=CHAIN) is None
    await database.execute("UPDATE history_reads SET retry_at = now() - interval '1 s'")
    assert await next_unread(database, chain=CHAIN) == first


async def test_a_wallet_is_begun_once_and_not_after_it_was_read_or_nobody_follows_it(
    database: Database,
) -> None:
    await _followed(database)
    first, second = await unread_wallets(database, chain=CHAIN, limit=100)
    assert [one.address for one in (first, second)] == [OTHER, WHALE]
    assert await begin_reading(database, first, retry_seconds=60)
    assert not await begin_reading(database, first, retry_seconds=60)
    await put_history(database, chain=CHAIN, wallet=first, read=HistoryResult(holdings={}))
    await database.execute("UPDATE history_reads SET retry_at = now() - interval '1 s'")
    assert not await begin_reading(database, first, retry_seconds=60)
    await database.execute("DELETE FROM watches")
    assert not await begin_reading(database, second, retry_seconds=60)


async def test_the_progress_of_a_wallet_is_stored(database: Database) -> None:
    await _followed(database)
    assert await history_progress(database, chain=CHAIN, wallet=OTHER) is None
    wallet = await next_unread(database, chain=CHAIN)
    assert wallet is not None
    await note_progress(database, wallet, transactions=20, planned=200, retry_seconds=60)
    progress = await history_progress(database, chain=CHAIN, wallet=OTHER)
    assert progress is not None
    assert (progress.transactions, progress.planned, progress.has_ended) == (20, 200, False)


async def test_a_history_whose_dollars_could_not_be_read_is_read_again_some_times(database: Database) -> None:
    await _followed(database)
    read: list[str] = []
    for _ in range(MAX_REREADS + 1):
        await database.execute("UPDATE history_reads SET retry_at = now() - interval '1 s'")
        wallet = await next_unread(database, chain=CHAIN)
        assert wallet is not None
        assert await begin_reading(database, wallet, retry_seconds=60)
        await put_history(
            database, chain=CHAIN, wallet=wallet, read=HistoryResult(holdings={}, is_final=False)
        )
        progress = await history_progress(database, chain=CHAIN, wallet=wallet.address)
        assert progress is not None
        assert progress.has_ended
        read.append(wallet.address)
    await database.execute("UPDATE history_reads SET retry_at = now() - interval '1 s'")
    left = await next_unread(database, chain=CHAIN)
    assert left is not None
    assert left.address not in read
