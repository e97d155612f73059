"""Methods about the node and the clock of the chain."""

from typing import Any

import aiohttp
import pytest

from sandbox.chain.config import ChainConfig, Consensus
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, key

pytestmark = pytest.mark.enable_socket


async def test_a_node_that_lags_is_not_healthy(ask: Ask, local: SandboxChain) -> None:
    assert (await ask("getHealth"))["result"] == "ok"
    local.faults.add(Fault(fault="lag", slots=7))
    assert (await ask("getHealth"))["error"]["data"] == {"numSlotsBehind": 7}


async def test_slot_height_and_epoch_go_with_the_commitment(ask: Ask, local: SandboxChain) -> None:
    for _ in range(3):
        await local.step()
    processed = (await ask("getSlot", {"commitment": "processed"}))["result"]
    assert (await ask("getSlot", {"commitment": "confirmed"}))["result"] == processed - 1
    epoch = (await ask("getEpochInfo", {"commitment": "processed"}))["result"]
    assert epoch["absoluteSlot"] == processed
    height = (await ask("getBlockHeight", {"commitment": "processed"}))["result"]
    assert epoch["blockHeight"] == height


async def test_the_latest_blockhash_is_valid_for_150_blocks(ask: Ask, local: SandboxChain) -> None:
    value = (await ask("getLatestBlockhash", {"commitment": "processed"}))["result"]["value"]
    assert value["blockhash"] == str(local.api.latest_blockhash())
    assert value["lastValidBlockHeight"] == local.chain.tip.height + 150


async def test_balances_rent_version_and_genesis_are_answered(ask: Ask, local: SandboxChain) -> None:
    local.chain.airdrop(key(1).pubkey(), SOL)
    await local.step()
    found = await ask("getBalance", str(key(1).pubkey()), {"commitment": "processed"})
    assert found["result"]["value"] == SOL
    assert (await ask("getMinimumBalanceForRentExemption", 165))["result"] == local.api.minimum_balance(165)
    assert "solana-core" in (await ask("getVersion"))["result"]
    assert (await ask("getGenesisHash"))["result"] == str(local.chain.genesis)


@pytest.mark.parametrize(
    ("consensus", "certificate", "rent"),
    [(Consensus.ALPENGLOW, {"slot": 1_000}, 1_488_440), (Consensus.TOWER, None, 2_039_280)],
)
async def test_it_plays_the_chain_of_today_and_that_of_before(
    consensus: Consensus, certificate: dict[str, int] | None, rent: int
) -> None:
    config = ChainConfig(slot_seconds=None, consensus=consensus)
    async with SandboxChain(config) as chain, aiohttp.ClientSession() as http:
        for _ in range(5):
            await chain.step()

        async def ask(method: str, *params: object) -> Any:
            body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            async with http.post(chain.rpc_url, json=body) as response:
                return (await response.json())["result"]

        assert await ask("getAgGenesisCert") == certificate
        assert await ask("getMinimumBalanceForRentExemption", 165) == rent
        final = await ask("getSlot", {"commitment": "finalized"})
        confirmed = await ask("getSlot", {"commitment": "confirmed"})
        assert (final == confirmed) is (consensus is Consensus.ALPENGLOW)
