"""Blocks, and the reasons why there is none."""

from __future__ import annotations

import aiohttp
import msgspec
import pytest

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask, post
from tests.sandbox.chain.wallets import SOL, by_hand, key

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize("details", ["full", "accounts", "signatures", "none"])
async def test_it_gives_blocks_in_as_much_detail_as_asked(
    ask: Ask, local: SandboxChain, details: str
) -> None:
    signature = str(local.chain.airdrop(key(1).pubkey(), SOL))
    slot = (await local.step()).produced.slot
    await local.step()
    config = {"commitment": "confirmed", "transactionDetails": details, "rewards": False}
    block = (await ask("getBlock", slot, config | {"maxSupportedTransactionVersion": 0}))["result"]
    assert block["parentSlot"] == slot - 1
    assert "rewards" not in block
    assert ("signatures" in block) is (details == "signatures")
    assert ("transactions" in block) is (details in ("full", "accounts"))
    if details == "signatures":
        assert block["signatures"] == [signature]
    if details == "accounts":
        (one,) = block["transactions"]
        assert one["transaction"]["signatures"] == [signature]
        assert one["transaction"]["accountKeys"][0]["signer"] is True
        assert set(one["meta"]) >= {"err", "fee", "preBalances", "postTokenBalances"}


async def test_it_tells_a_block_that_is_not_yet_from_one_that_never_was(
    ask: Ask, local: SandboxChain
) -> None:
    await local.step()
    skipped = local.chain.slot
    local.chain.open.slot += 1
    for _ in range(6):
        await local.step()
    assert (await ask("getBlock", skipped, {"commitment": "confirmed"}))["error"] == {
        "code": -32007,
        "message": f"Slot {skipped} was skipped, or missing due to ledger jump to recent snapshot",
    }
    ahead = local.chain.slot + 1
    assert (await ask("getBlock", ahead, {"commitment": "confirmed"}))["error"]["code"] == -32004
    assert (await ask("getBlock", 3))["error"]["code"] == -32009
    assert skipped not in (await ask("getBlocks", 1_000, None, {"commitment": "confirmed"}))["result"]


async def test_an_old_block_is_said_to_be_cleaned_up() -> None:
    async with SandboxChain(by_hand(history=6)) as local, aiohttp.ClientSession(local.rpc_url) as http:
        for _ in range(9):
            await local.step()
        request = {"jsonrpc": "2.0", "id": 1, "method": "getBlock", "params": [1_001]}
        answer = await post(http, msgspec.json.encode(request))
        assert answer["error"]["code"] == -32001
        assert "First available block: 1004" in answer["error"]["message"]


async def test_a_node_lies_about_a_block(local: SandboxChain, ask: Ask) -> None:
    for _ in range(3):
        await local.step()
    local.faults.add(Fault(fault="lying", slot=1_002))
    config = {"commitment": "confirmed"}
    assert "result" in await ask("getBlock", 1_001, config)
    lie = await ask("getBlock", 1_002, config)
    assert lie["error"]["code"] == -32007
    assert "result" in await ask("getBlock", 1_002, config)
    assert 1_002 in (await ask("getBlocks", 1_001, 1_002, config))["result"]
