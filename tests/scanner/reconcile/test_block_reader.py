"""Blocks in, activities and poison out; a block that cannot be read at all is put aside after some tries."""

import json

import msgspec
import pytest

from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.pool import open_rpc
from domain.activity.activity import Kind
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from sandbox.local import LocalConfig, LocalSandbox
from scanner.reconcile.block_fetcher import BlockFetcher, FetchedBlock
from scanner.reconcile.block_reader import TRIES, BlockReader
from scanner.reconcile.continuity import NO_PARENT
from tests.sandbox.chain.wallets import SOL, by_hand
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket


async def fetched_block() -> tuple[FetchedBlock, Whale]:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        for _ in range(2):
            await chain.step()
        whale.trade(3)
        slot = chain.api.slot
        for _ in range(3):
            await chain.step()
        found = await BlockFetcher(rpc, commitment="confirmed").at(slot)
        assert isinstance(found, FetchedBlock)
        return found, whale


async def test_what_watched_wallets_did_is_read() -> None:
    fetched, whale = await fetched_block()
    block = BlockReader(WatchedWallets([whale.address]), chain="sandbox").read(fetched)
    assert block is not None
    assert [activity.signature for activity in block.activities] == whale.done
    assert block.parent_slot == fetched.slot - 1
    assert block.quarantined == ()


async def test_one_bad_transaction_is_put_aside_and_stops_nothing() -> None:
    fetched, whale = await fetched_block()
    content = json.loads(bytes(fetched.raw))
    content["transactions"][1]["meta"]["preBalances"].pop()
    content["transactions"][2]["transaction"]["signatures"] = ["\0" + "x" * 900]
    content["transactions"][2]["meta"]["postBalances"].pop()
    spoilt = FetchedBlock(slot=fetched.slot, raw=msgspec.Raw(json.dumps(content).encode()))
    block = BlockReader(WatchedWallets([whale.address]), chain="sandbox").read(spoilt)
    assert block is not None
    assert [activity.signature for activity in block.activities] == whale.done[:1]
    assert len({quarantined.position for quarantined in block.quarantined}) == 2
    assert block.quarantined[0].signature == whale.done[1]
    assert b"preBalances" in block.quarantined[0].raw
    assert "\0" not in (block.quarantined[1].signature or "")


def test_a_block_that_cannot_be_read_is_fetched_again_and_then_put_aside() -> None:
    reader = BlockReader(WatchedWallets(), chain="sandbox")
    garbage = FetchedBlock(slot=7, raw=msgspec.Raw(b'{"transactions": 3}'))
    for _ in range(TRIES - 1):
        assert reader.read(garbage) is None
    block = reader.read(garbage)
    assert block is not None
    assert block.parent_slot == NO_PARENT
    assert [quarantined.raw for quarantined in block.quarantined] == [b'{"transactions": 3}']
    assert reader.read(garbage) is None


@pytest.mark.parametrize(("money", "kind"), [("SOL", Kind.SWAP), ("ANCHOR", Kind.SELL)])
async def test_what_counts_as_money_can_be_named(money: str, kind: Kind) -> None:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as sandbox:
        town, whale = sandbox.simulation, sandbox.simulation.whales[0]
        town.buy(whale, town.token("MITTEN"), SOL)
        deed = town.swap(whale, town.token("MITTEN"), town.token("ANCHOR"))
        while sandbox.chain.chain.slot < deed.slot + 3:
            await sandbox.next_block()
        async with open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
            found = await BlockFetcher(rpc, commitment="confirmed").at(deed.slot)
    assert isinstance(found, FetchedBlock)
    quote_mints = quote_mints_of(frozenset(str(token.mint) for token in town.tokens if token.symbol == money))
    block = BlockReader(WatchedWallets([whale.address]), chain="sandbox", quote_mints=quote_mints).read(found)
    assert block is not None
    kinds = {activity.signature: activity.kind for activity in block.activities}
    assert kinds[deed.signature] is kind
