"""The sink of a whole scanner: everything is decoded and committed here."""

import msgspec
import pytest

from chain.parsing.transaction import Transaction
from chain.rpc.blocks import block, transaction
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer
from scanner.commit.decoder import Decoder
from scanner.commit.recorder import Recorder
from scanner.commit.sink import SyncedSlots
from scanner.wallets.watchlist import Watchlist
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import Silence, cursor_in, steps
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


async def traded(database: Database) -> tuple[Whale, int, msgspec.Raw, list[PushedTransaction]]:
    """A whale that has traded in one slot: that slot, its block, and the trades as a stream pushes them."""
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        await follow(database, whale.address)
        await steps(chain, 2)
        slot = chain.api.slot
        whale.trade(3)
        await steps(chain, 3)
        raws = [await transaction(rpc, signature, commitment="confirmed") or b"" for signature in whale.done]
        pushed = [
            PushedTransaction(signature=signature, slot=slot, raw=msgspec.Raw(raw))
            for signature, raw in zip(whale.done, raws, strict=True)
        ]
        return whale, slot, await block(rpc, slot, commitment="confirmed"), pushed


async def committer(database: Database, *, provisional: bool = False) -> tuple[Committer, list[Transaction]]:
    """It, and what it has learned from."""
    watchlist, learned = Watchlist(database, chain=CHAIN), list[Transaction]()
    await watchlist.reload()
    made = Committer(
        Recorder(database, Silence()),
        Decoder(chain=CHAIN),
        watchlist.index,
        learn=learned.append,
        provisional=provisional,
    )
    return made, learned


async def test_what_a_pass_read_is_committed_with_the_cursor(database: Database) -> None:
    whale, slot, raw, _ = await traded(database)
    sink, _ = await committer(database)
    content = sink.read(slot, raw)
    assert content.transactions == ()
    assert await sink.commit(SyncedSlots(after=slot - 1, upto=slot, blocks=[content])) == len(whale.done)
    assert await stored(database, whale) == sorted(whale.done)
    assert await cursor_in(database) == slot


async def test_a_checkpoint_stores_where_a_feed_begins_and_reading_goes_on_there(database: Database) -> None:
    sink, _ = await committer(database)
    await sink.checkpoint(SyncedSlots(after=77, upto=77))
    assert await cursor_in(database) == 77
    assert await sink.resume_at(77) == 77


async def test_pushed_transactions_are_learned_from_and_may_be_provisional(database: Database) -> None:
    whale, _, _, pushed = await traded(database)
    sink, learned = await committer(database, provisional=True)
    unreadable = PushedTransaction(signature="x", slot=7, raw=msgspec.Raw(b"{}"))
    await sink.commit_pushed([*pushed, unreadable])
    assert await stored(database, whale) == sorted(whale.done)
    assert [one.signature for one in learned] == whale.done
    assert await database.fetchval("SELECT count(*) FROM provisional") == len(whale.done)


async def test_pushed_transactions_are_left_to_the_reconciliation_while_the_database_is_away(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    _, _, _, pushed = await traded(database)
    sink, _ = await committer(database)
    await database.close()
    await sink.commit_pushed(pushed)
    assert "3 activities are left to the reconciliation" in caplog.text
