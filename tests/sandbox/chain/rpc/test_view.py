"""What a node knows at a commitment."""

from __future__ import annotations

import pytest

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, key

pytestmark = pytest.mark.enable_socket


async def test_it_waits_for_the_slot_that_the_caller_wants(ask: Ask, local: SandboxChain) -> None:
    answer = await ask("getSlot", {"commitment": "processed", "minContextSlot": 5_000})
    assert answer["error"] == {
        "code": -32016,
        "message": "Minimum context slot has not been reached",
        "data": {"contextSlot": local.chain.tip.slot},
    }


async def test_an_account_is_as_old_as_the_commitment(ask: Ask, local: SandboxChain) -> None:
    address = str(key(1).pubkey())

    async def balances() -> list[int]:
        levels = ("processed", "confirmed", "finalized")
        return [(await ask("getBalance", address, {"commitment": one}))["result"]["value"] for one in levels]

    local.chain.airdrop(key(1).pubkey(), SOL)
    assert await balances() == [0, 0, 0]
    await local.step()
    assert await balances() == [SOL, 0, 0]
    await local.step()
    assert await balances() == [SOL, SOL, 0]
    for _ in range(3):
        await local.step()
    assert await balances() == [SOL, SOL, SOL]


async def test_a_lagging_node_lives_in_the_past(local: SandboxChain, ask: Ask) -> None:
    local.chain.airdrop(key(1).pubkey(), SOL)
    signature = None
    for _ in range(10):
        await local.step()
        signature = signature or local.chain.history.block(1_001)
    config = {"commitment": "confirmed"}
    local.faults.add(Fault(fault="lag", slots=5, times=None))
    assert (await ask("getSlot", config))["result"] == 1_004
    assert (await ask("getSlot", {"commitment": "finalized"}))["result"] == 1_001
    assert (await ask("getHealth"))["error"] == {
        "code": -32005,
        "message": "Node is behind by 5 slots",
        "data": {"numSlotsBehind": 5},
    }
    assert (await ask("getBlock", 1_005, config))["error"]["code"] == -32014
    assert (await ask("getBlock", 1_008, config))["error"]["code"] == -32004
    local.faults.clear()
    assert (await ask("getSlot", config))["result"] == 1_009


async def test_a_lagging_node_does_not_know_a_new_transaction(local: SandboxChain, ask: Ask) -> None:
    await local.step()
    signature = str(local.chain.airdrop(key(1).pubkey(), SOL))
    await local.step()
    await local.step()
    config = {"commitment": "confirmed", "maxSupportedTransactionVersion": 0}
    local.faults.add(
        Fault(fault="lag", slots=2, methods=("getTransaction", "getSignaturesForAddress"), times=2)
    )
    assert (await ask("getTransaction", signature, config))["result"] is None
    assert (await ask("getSignaturesForAddress", str(key(1).pubkey()), config))["result"] == []
    assert (await ask("getTransaction", signature, config))["result"]["slot"] == 1_002
