from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from sandbox.chain.faults import HTTP, Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.streams import next_slot
from tests.sandbox.chain.wallets import SOL, by_hand, key

pytestmark = pytest.mark.enable_socket


async def test_faults_strike_only_the_subscriptions_they_name(
    local: SandboxChain, slots: ClientConnection
) -> None:
    local.faults.add(Fault(fault="drop", methods=("logsSubscribe",)))
    await local.step()
    assert await next_slot(slots) == 1_001
    assert len(local.faults.armed) == 1


async def test_a_dead_fork_takes_back_what_was_announced(local: SandboxChain, ask: Ask) -> None:
    async with connect(local.ws_url) as stream:
        wanted = '[{},{"commitment":"processed","transactionDetails":"signatures"}]'
        await stream.send('{"jsonrpc":"2.0","id":1,"method":"transactionSubscribe","params":' + wanted + "}")
        await stream.recv()
        local.faults.add(Fault(fault="fork"))
        signature = str(local.chain.airdrop(key(1).pubkey(), SOL))
        dead = (await local.step()).produced.slot
        assert signature in str(await stream.recv())
        for _ in range(6):
            await local.step()
    assert (await ask("getSignatureStatuses", [signature]))["result"]["value"] == [None]
    assert (await ask("getBlock", dead))["error"]["code"] == -32007
    assert (await ask("getBalance", str(key(1).pubkey())))["result"]["value"] == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"fault": "nonsense"},
        {"fault": "drop", "times": 0},
        {"fault": "drop", "unknown": 1},
        {"fault": "delay"},
        {"fault": "server_error", "status": 200},
        {"fault": "lag", "slots": 0},
        {"fault": "stall_socket", "seconds": -1},
        [],
    ],
)
async def test_a_senseless_fault_is_refused_with_the_reason(
    local: SandboxChain, http: aiohttp.ClientSession, wanted: Any
) -> None:
    async with http.post("/faults", json=wanted) as response:
        assert response.status == 400
        assert (await response.json())["error"]
    assert local.faults.armed == []


async def test_every_fault_over_http_is_one_that_http_knows() -> None:
    assert set(HTTP) == {
        "rate_limit",
        "unauthorized",
        "forbidden",
        "server_error",
        "html",
        "cut_json",
        "stall_answer",
    }


async def test_a_chain_without_room_for_forks_keeps_its_blocks() -> None:
    async with SandboxChain(by_hand(confirmed_lag=0)) as running:
        running.faults.add(Fault(fault="fork"))
        block = (await running.step()).produced
        await running.step()
        assert running.chain.history.block(block.slot) is block
