"""The sink of a whole scanner: everything is decoded and committed here.
Blocks in, activities and quarantine out.
A batch is committed, and announced only if it brought something new.
"""

import json

import msgspec
import pytest

from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.quote_mints import quote_mints_of
from chain.parsing.transaction import Transaction
from chain.rpc.blocks import block, transaction
from chain.rpc.blocks import block as fetch_block
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction
from domain.activity.activity import Kind
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from sandbox.local import LocalConfig, LocalSandbox
from scanner.commit.committer import Committer, Decoder, Recorder, mints_of
from scanner.commit.sink import SyncedSlots
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, by_hand
from tests.scanner.reconciling import Silence, cursor_in, steps
from tests.scanner.world import CHAIN, Whale, follow, stored
from tests.storage.sample_data import ALICE, MINT, WHALE, purchase
from tests.storage.sample_data import CHAIN as RECORDER_CHAIN
from tests.storage.sample_data import follow as recorder_follow


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


@pytest.mark.services
async def test_what_a_pass_read_is_committed_with_the_cursor(database: Database) -> None:
    whale, slot, raw, _ = await traded(database)
    sink, _ = await committer(database)
    content = sink.read(slot, raw)
    assert content.transactions == ()
    assert await sink.commit(SyncedSlots(after=slot - 1, upto=slot, blocks=[content])) == len(whale.done)
    assert await stored(database, whale) == sorted(whale.done)
    assert await cursor_in(database) == slot


@pytest.mark.services
async def test_a_checkpoint_stores_where_a_feed_begins_and_reading_goes_on_there(database: Database) -> None:
    sink, _ = await committer(database)
    await sink.checkpoint(SyncedSlots(after=77, upto=77))
    assert await cursor_in(database) == 77
    assert await sink.resume_at(77) == 77


@pytest.mark.services
async def test_pushed_transactions_are_learned_from_and_may_be_provisional(database: Database) -> None:
    whale, _, _, pushed = await traded(database)
    sink, learned = await committer(database, provisional=True)
    unreadable = PushedTransaction(signature="x", slot=7, raw=msgspec.Raw(b"{}"))
    await sink.commit_pushed([*pushed, unreadable])
    assert await stored(database, whale) == sorted(whale.done)
    assert [one.signature for one in learned] == whale.done
    assert await database.fetchval("SELECT count(*) FROM provisional") == len(whale.done)


@pytest.mark.services
async def test_pushed_transactions_are_left_to_the_reconciliation_while_the_database_is_away(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    _, _, _, pushed = await traded(database)
    sink, _ = await committer(database)
    await database.close()
    await sink.commit_pushed(pushed)
    assert "3 activities are left to the reconciliation" in caplog.text


async def whale_block() -> tuple[int, msgspec.Raw, Whale]:
    """A block in which a whale paid three times: its slot and what a node gives."""
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        for _ in range(2):
            await chain.step()
        whale.trade(3)
        slot = chain.api.slot
        for _ in range(3):
            await chain.step()
        return slot, await fetch_block(rpc, slot, commitment="confirmed"), whale


@pytest.mark.enable_socket
async def test_what_watched_wallets_did_is_read() -> None:
    slot, raw, whale = await whale_block()
    block = Decoder(chain="sandbox").block(slot, raw, wallets=WatchedWallets([whale.address]))
    assert [activity.signature for activity in block.activities] == whale.done
    assert block.parent_slot == slot - 1
    assert block.quarantined == ()


@pytest.mark.enable_socket
async def test_one_bad_transaction_is_quarantined_and_stops_nothing() -> None:
    slot, raw, whale = await whale_block()
    content = json.loads(bytes(raw))
    content["transactions"][1]["meta"]["preBalances"].pop()
    content["transactions"][2]["transaction"]["signatures"] = ["\0" + "x" * 900]
    content["transactions"][2]["meta"]["postBalances"].pop()
    spoilt = msgspec.Raw(json.dumps(content).encode())
    block = Decoder(chain="sandbox").block(slot, spoilt, wallets=WatchedWallets([whale.address]))
    assert [activity.signature for activity in block.activities] == whale.done[:1]
    assert len({quarantined.position for quarantined in block.quarantined}) == 2
    assert block.quarantined[0].signature == whale.done[1]
    assert b"preBalances" in block.quarantined[0].raw
    assert "\0" not in (block.quarantined[1].signature or "")


@pytest.mark.enable_socket
@pytest.mark.parametrize(("money", "kind"), [("SOL", Kind.SWAP), ("ANCHOR", Kind.SELL)])
async def test_what_counts_as_money_can_be_named(money: str, kind: Kind) -> None:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as sandbox:
        simulation, whale = sandbox.simulation, sandbox.simulation.whales[0]
        simulation.buy(whale, simulation.token("MITTEN"), SOL)
        swap = simulation.swap(whale, simulation.token("MITTEN"), simulation.token("ANCHOR"))
        while sandbox.chain.chain.slot < swap.slot + 3:
            await sandbox.next_block()
        async with open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
            raw = await fetch_block(rpc, swap.slot, commitment="confirmed")
    quote_mints = quote_mints_of(
        frozenset(str(token.mint) for token in simulation.tokens if token.symbol == money)
    )
    decoder = Decoder(chain="sandbox", quote_mints=quote_mints)
    block = decoder.block(swap.slot, raw, wallets=WatchedWallets([whale.address]))
    kinds = {activity.signature: activity.kind for activity in block.activities}
    assert kinds[swap.signature] is kind


class Announced:
    """Writes down what is announced."""

    def __init__(self) -> None:
        self.mints: list[frozenset[str]] = []
        self.wallets: list[frozenset[str]] = []

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        self.mints.append(mints)
        self.wallets.append(wallets)


@pytest.mark.services
async def test_what_is_new_is_announced_with_its_mints_and_what_is_known_is_not(database: Database) -> None:
    await recorder_follow(database, ALICE)
    announced = Announced()
    recorder = Recorder(database, announced)
    batch = Batch(chain=RECORDER_CHAIN, activities=[purchase(), purchase(1)], feed="blocks", slot=5)
    assert await recorder.record(batch) == 2
    assert await recorder.record(batch) == 0
    assert announced.mints == [frozenset({"SOL", MINT})]
    assert announced.wallets == [frozenset({WHALE})]


@pytest.mark.services
async def test_a_batch_without_activities_moves_the_cursor_quietly(database: Database) -> None:
    announced = Announced()
    assert await Recorder(database, announced).record(Batch(chain=RECORDER_CHAIN, feed="blocks", slot=9)) == 0
    assert announced.mints == []
    assert await database.fetchval("SELECT slot FROM cursors") == 9


@pytest.mark.services
def test_every_mint_that_changed_hands_counts() -> None:
    assert mints_of([purchase()]) == {"SOL", MINT}
