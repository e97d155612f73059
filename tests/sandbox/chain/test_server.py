from __future__ import annotations

import asyncio
import itertools
from typing import Any

import aiohttp
import msgspec
import pytest
from websockets.asyncio.client import connect

from sandbox.chain.chain_api import ChainApi
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, signed

pytestmark = pytest.mark.enable_socket


async def _slots(running: SandboxChain, count: int) -> list[tuple[float, int]]:
    """When so many slots were heard, and which."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(10), connect(running.ws_url) as stream:
        await stream.send('{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}')
        await stream.recv()
        heard = []
        for _ in range(count):
            found = msgspec.json.decode(await stream.recv())
            heard.append((loop.time(), int(found["params"]["result"]["slot"])))
    return heard


async def test_the_clock_produces_slots_at_its_pace() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.02)) as running:
        heard = await _slots(running, 20)
    elapsed, slots = heard[-1][0] - heard[0][0], heard[-1][1] - heard[0][1]
    assert slots == 19
    assert 0.2 < elapsed < 2.0


async def test_skipped_slots_take_their_time_too() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.02, skip_probability=0.5, seed=4)) as running:
        heard = await _slots(running, 15)
    slots = [slot for _, slot in heard]
    assert any(after - before > 1 for before, after in itertools.pairwise(slots))
    assert heard[-1][0] - heard[0][0] > 0.015 * (slots[-1] - slots[0]) * 0.8


async def test_it_stops_with_clients_connected_and_frees_its_ports() -> None:
    running = SandboxChain(ChainConfig(slot_seconds=0.02))
    await running.start()
    async with connect(running.ws_url), aiohttp.ClientSession(running.rpc_url) as http:
        async with http.get("/health") as response:
            assert await response.text() == "ok"
        async with asyncio.timeout(5):
            await running.stop()
    ports = [int(url.rpartition(":")[2]) for url in (running.rpc_url, running.ws_url)]
    again = SandboxChain(ChainConfig(slot_seconds=None, rpc_port=ports[0], ws_port=ports[1]))
    async with again:
        assert again.rpc_url == running.rpc_url


async def test_a_taken_port_is_said_at_the_start_and_nothing_stays_open() -> None:
    async with SandboxChain(by_hand()) as first:
        port = int(first.ws_url.rpartition(":")[2])
        second = SandboxChain(by_hand(ws_port=port))
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
        with pytest.raises(aiohttp.ClientConnectorError):
            await _health(second.rpc_url)


async def _health(url: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/health") as response:
        return response.status


class UnusableAnswer:
    """A resident who fails."""

    def on_slot(self, api: ChainApi, slot: int) -> None:
        raise RuntimeError(f"nothing works in slot {slot}")


async def test_a_resident_who_fails_is_not_hidden() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="nothing works")):
        async with SandboxChain(ChainConfig(slot_seconds=0.01, residents=UnusableAnswer())):
            await asyncio.sleep(5)


async def test_hundreds_of_transactions_a_second_are_no_burden() -> None:
    async with SandboxChain(by_hand()) as running, connect(running.ws_url, max_queue=None) as stream:
        issuer = TokenIssuer(running.chain)
        issuer.open_mint()
        issuer.give(key(1).pubkey(), 10**9)
        issuer.give(key(2).pubkey(), 0)
        running.chain.airdrop(key(1).pubkey(), 10 * SOL)
        await running.step()
        options = {"commitment": "processed", "encoding": "jsonParsed", "maxSupportedTransactionVersion": 1}
        wanted: list[dict[str, Any]] = [{"accountRequired": [str(key(1).pubkey())]}, options]
        call = {"jsonrpc": "2.0", "id": 1, "method": "transactionSubscribe", "params": wanted}
        await stream.send(msgspec.json.encode(call).decode())
        await stream.recv()
        loop = asyncio.get_running_loop()
        moves = [issuer.move(key(1), key(2).pubkey(), amount + 1) for amount in range(400)]
        txs = [signed(running.api, [key(1)], move) for move in moves]
        begun = loop.time()
        for tx in txs:
            running.api.send(tx)
        await running.step()
        async with asyncio.timeout(10):
            heard = [await stream.recv() for _ in txs]
        assert loop.time() - begun < 2.0
        assert len(set(heard)) == 400


ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "rebound.evil.example"},
)
SLOT = {"jsonrpc": "2.0", "id": 1, "method": "getSlot"}


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_no_page_of_another_site_asks_or_changes_the_chain(headers: dict[str, str]) -> None:
    async with (
        SandboxChain(ChainConfig(slot_seconds=None)) as running,
        aiohttp.ClientSession(running.rpc_url) as http,
    ):
        before = running.chain.slot
        for method, path, body in (
            ("POST", "/", SLOT),
            ("POST", "/step", None),
            ("POST", "/faults", {"fault": "html"}),
            ("DELETE", "/faults", None),
        ):
            async with http.request(method, path, json=body, headers=headers) as response:
                assert response.status == 403, path
        assert running.chain.slot == before
        assert running.faults.armed == []


@pytest.mark.parametrize("headers", ELSEWHERE[::2], ids=str)
async def test_no_page_of_another_site_listens_to_the_stream(headers: dict[str, str]) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as running:
        port = running.ws_url.rpartition(":")[2]
        asked = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
        url = running.ws_url.replace("ws://", "http://")
        async with aiohttp.ClientSession() as http:
            async with http.get(url, headers={**asked, **headers}) as response:
                assert response.status == 403
            async with http.get(url, headers=asked) as response:
                assert response.status == 101


async def test_a_get_or_a_form_changes_nothing_of_the_chain() -> None:
    async with (
        SandboxChain(ChainConfig(slot_seconds=None)) as running,
        aiohttp.ClientSession(running.rpc_url) as http,
    ):
        before = running.chain.slot
        for path in ("/", "/step"):
            async with http.get(path) as response:
                assert response.status == 405
        headers = {"Content-Type": "text/plain"}
        for path in ("/", "/step", "/faults"):
            async with http.post(path, data=b"{}", headers=headers) as response:
                assert response.status == 415
        assert running.chain.slot == before
