"""Blocks in, activities and quarantine out."""

import json

import msgspec
import pytest

from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.blocks import block as fetch_block
from chain.rpc.pool import open_rpc
from domain.activity.activity import Kind
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from sandbox.local import LocalConfig, LocalSandbox
from scanner.commit.decoder import Decoder
from tests.sandbox.chain.wallets import SOL, by_hand
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket


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


async def test_what_watched_wallets_did_is_read() -> None:
    slot, raw, whale = await whale_block()
    block = Decoder(chain="sandbox").block(slot, raw, wallets=WatchedWallets([whale.address]))
    assert [activity.signature for activity in block.activities] == whale.done
    assert block.parent_slot == slot - 1
    assert block.quarantined == ()


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
