from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.chain.faults import HTTP, Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.conftest import Ask
from tests.sandbox.chain.wallets import SOL, by_hand, key

pytestmark = pytest.mark.enable_socket


@pytest.fixture
async def slots(local: SandboxChain) -> AsyncIterator[ClientConnection]:
    """A client that has subscribed to slots."""
    async with connect(local.ws_url) as opened:
        await opened.send('{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}')
        await opened.recv()
        yield opened


async def next_slot(slots: ClientConnection) -> int:
    async with asyncio.timeout(5):
        found = msgspec.json.decode(await slots.recv())
    return int(found["params"]["result"]["slot"])


async def test_a_notification_is_dropped(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="drop"))
    await local.step()
    await local.step()
    assert await next_slot(slots) == 1_002


async def test_a_notification_comes_twice(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="duplicate"))
    await local.step()
    await local.step()
    assert [await next_slot(slots) for _ in range(3)] == [1_001, 1_001, 1_002]


async def test_a_notification_comes_late(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="delay", seconds=0.05))
    await local.step()
    await local.step()
    assert [await next_slot(slots) for _ in range(2)] == [1_002, 1_001]


async def test_two_notifications_change_places(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="reorder"))
    for _ in range(3):
        await local.step()
    assert [await next_slot(slots) for _ in range(3)] == [1_002, 1_001, 1_003]


async def test_a_socket_falls_silent_and_stays_open(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="stall_socket"))
    await local.step()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await slots.recv()
    async with asyncio.timeout(5):
        await (await slots.ping())


async def test_a_socket_speaks_again_after_its_silence(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="stall_socket", seconds=0.05))
    await local.step()
    await asyncio.sleep(0.06)
    await local.step()
    assert await next_slot(slots) == 1_002


@pytest.mark.parametrize(("fault", "code"), [("disconnect", 1001), ("disconnect_lagging", 1006)])
async def test_a_client_is_disconnected(
    local: SandboxChain, slots: ClientConnection, fault: Any, code: int
) -> None:
    local.faults.add(Fault(fault=fault))
    await local.step()
    with pytest.raises(ConnectionClosed):
        await slots.recv()
    assert slots.close_code == code


async def test_faults_strike_only_the_subscriptions_they_name(
    local: SandboxChain, slots: ClientConnection
) -> None:
    local.faults.add(Fault(fault="drop", methods=("logsSubscribe",)))
    await local.step()
    assert await next_slot(slots) == 1_001
    assert len(local.faults.armed) == 1


async def test_a_connection_is_refused_at_the_door(local: SandboxChain) -> None:
    local.faults.add(Fault(fault="unauthorized", methods=("connect",)))
    with pytest.raises(InvalidStatus) as found:
        await connect(local.ws_url)
    assert found.value.response.status_code == 401
    async with connect(local.ws_url):
        pass


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


SLOT = {"jsonrpc": "2.0", "id": 1, "method": "getSlot"}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(fault="rate_limit", seconds=3), 429),
        (Fault(fault="unauthorized"), 401),
        (Fault(fault="forbidden"), 403),
        (Fault(fault="server_error"), 503),
        (Fault(fault="server_error", status=502), 502),
    ],
)
async def test_the_gateway_refuses(
    local: SandboxChain, http: aiohttp.ClientSession, fault: Fault, status: int
) -> None:
    local.faults.add(fault)
    async with http.post("/", json=SLOT) as response:
        assert response.status == status
        if status == 429:
            assert response.headers["Retry-After"] == "3"
    async with http.post("/", json=SLOT) as response:
        assert response.status == 200


async def test_the_gateway_shows_a_page(local: SandboxChain, http: aiohttp.ClientSession) -> None:
    local.faults.add(Fault(fault="html"))
    async with http.post("/", json=SLOT) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "502 Bad Gateway" in await response.text()


async def test_the_answer_ends_in_the_middle(local: SandboxChain, http: aiohttp.ClientSession) -> None:
    local.faults.add(Fault(fault="cut_json"))
    async with http.post("/", json=SLOT) as response:
        body = await response.read()
    assert body == b'{"jsonrpc":"2.0","r'


async def test_the_answer_stalls(local: SandboxChain, http: aiohttp.ClientSession) -> None:
    local.faults.add(Fault(fault="stall_answer", seconds=0.1))
    begun = asyncio.get_running_loop().time()
    async with http.post("/", json=SLOT) as response:
        assert (await response.json())["result"] == 1_000
    assert asyncio.get_running_loop().time() - begun >= 0.1


async def test_http_faults_strike_only_the_methods_they_name(
    local: SandboxChain, http: aiohttp.ClientSession
) -> None:
    local.faults.add(Fault(fault="rate_limit", methods=("getBlock",)))
    async with http.post("/", json=SLOT) as response:
        assert response.status == 200
    async with http.post("/", json=SLOT | {"method": "getBlock"}) as response:
        assert response.status == 429


async def test_faults_are_armed_shown_and_cleared_over_http(
    local: SandboxChain, http: aiohttp.ClientSession
) -> None:
    wanted = {"fault": "lying", "slot": 7, "times": None}
    async with http.post("/faults", json=wanted) as response:
        assert response.status == 201
    (armed,) = local.faults.armed
    assert (armed.fault, armed.slot, armed.times) == ("lying", 7, None)
    async with http.get("/faults") as response:
        assert (await response.json())[0]["fault"] == "lying"
    async with http.delete("/faults") as response:
        assert response.status == 204
    assert local.faults.armed == []


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


async def test_a_step_can_be_taken_over_http(local: SandboxChain, http: aiohttp.ClientSession) -> None:
    async with http.post("/step") as response:
        assert await response.json() == {"slot": 1_001}
    assert local.chain.tip.slot == 1_001


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
