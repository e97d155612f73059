"""The RPC port: faults and controls."""

from __future__ import annotations

import asyncio
import gc
import weakref

import aiohttp
import pytest

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.enable_socket
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


async def test_a_step_can_be_taken_over_http(local: SandboxChain, http: aiohttp.ClientSession) -> None:
    async with http.post("/step") as response:
        assert await response.json() == {"slot": 1_001}
    assert local.chain.tip.slot == 1_001


async def test_a_chain_that_was_asked_and_has_ended_is_kept_by_nobody() -> None:
    async with SandboxChain(by_hand()) as chain, aiohttp.ClientSession(chain.rpc_url) as http:
        async with http.post("/", json=SLOT) as response:
            assert response.status == 200
        left = weakref.ref(chain.chain)
    del chain
    gc.collect()
    assert left() is None
