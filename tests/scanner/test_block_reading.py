"""Blocks in, activities and poison out; a block that cannot be read at all is put aside after some tries."""

import json

import msgspec
import pytest

from chain.rpc import open_rpc
from chain.watched import WatchedWallets
from runtime.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.block_reading import NO_PARENT, TRIES, BlockReader
from scanner.looking import BlockFetched, Looking
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.scene import Whale

pytestmark = pytest.mark.enable_socket


async def fetched_block() -> tuple[BlockFetched, Whale]:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        for _ in range(2):
            await chain.step()
        whale.trade(3)
        slot = chain.ground.slot
        for _ in range(3):
            await chain.step()
        found = await Looking(rpc, commitment="confirmed").at(slot)
        assert isinstance(found, BlockFetched)
        return found, whale


async def test_what_watched_wallets_did_is_read() -> None:
    fetched, whale = await fetched_block()
    block = BlockReader(WatchedWallets([whale.address]), chain="sandbox").read(fetched)
    assert block is not None
    assert [activity.signature for activity in block.activities] == whale.done
    assert block.parent_slot == fetched.slot - 1
    assert block.poison == ()


async def test_one_bad_transaction_is_put_aside_and_stops_nothing() -> None:
    fetched, whale = await fetched_block()
    content = json.loads(bytes(fetched.raw))
    content["transactions"][1]["meta"]["preBalances"].pop()
    content["transactions"][2]["transaction"]["signatures"] = ["\0" + "x" * 900]
    content["transactions"][2]["meta"]["postBalances"].pop()
    spoilt = BlockFetched(slot=fetched.slot, raw=msgspec.Raw(json.dumps(content).encode()))
    block = BlockReader(WatchedWallets([whale.address]), chain="sandbox").read(spoilt)
    assert block is not None
    assert [activity.signature for activity in block.activities] == whale.done[:1]
    assert len({poison.position for poison in block.poison}) == 2
    assert block.poison[0].signature == whale.done[1]
    assert b"preBalances" in block.poison[0].raw
    assert "\0" not in (block.poison[1].signature or "")


def test_a_block_that_cannot_be_read_is_fetched_again_and_then_put_aside() -> None:
    reader = BlockReader(WatchedWallets(), chain="sandbox")
    garbage = BlockFetched(slot=7, raw=msgspec.Raw(b'{"transactions": 3}'))
    for _ in range(TRIES - 1):
        assert reader.read(garbage) is None
    block = reader.read(garbage)
    assert block is not None
    assert block.parent_slot == NO_PARENT
    assert [poison.raw for poison in block.poison] == [b'{"transactions": 3}']
    assert reader.read(garbage) is None
