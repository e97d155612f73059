from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from solana.rpc.async_api import AsyncClient
from solders.keypair import Keypair
from websockets.asyncio.client import ClientConnection, connect

from sandbox.chain.node.chain import Chain
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, by_hand, key, new_chain


@pytest.fixture
async def local() -> AsyncIterator[SandboxChain]:
    """A running chain that is stepped by hand."""
    async with SandboxChain(by_hand()) as running:
        yield running


@pytest.fixture
async def client(local: SandboxChain) -> AsyncIterator[AsyncClient]:
    """The client of the `solana` package."""
    async with AsyncClient(local.rpc_url) as connected:
        yield connected


@pytest.fixture
async def http(local: SandboxChain) -> AsyncIterator[aiohttp.ClientSession]:
    """A bare HTTP client."""
    async with aiohttp.ClientSession(local.rpc_url) as session:
        yield session


@pytest.fixture
def ask(http: aiohttp.ClientSession) -> Ask:
    """Ask one RPC method and take the whole answer."""

    async def asked(method: str, *params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)}
        async with http.post("/", json=request) as response:
            answer = await response.json()
        assert answer.pop("jsonrpc") == "2.0"
        assert answer.pop("id") == 7
        return answer

    return asked


@pytest.fixture
async def stream(local: SandboxChain) -> AsyncIterator[ClientConnection]:
    """A bare WebSocket client."""
    async with connect(local.ws_url, max_size=None) as opened:
        yield opened


@pytest.fixture
def chain() -> Chain:
    return new_chain()


@pytest.fixture
def alice(chain: Chain) -> Keypair:
    chain.airdrop(key(1).pubkey(), 10 * SOL)
    return key(1)


@pytest.fixture
async def slots(local: SandboxChain) -> AsyncIterator[ClientConnection]:
    """A client that has subscribed to slots."""
    async with connect(local.ws_url) as opened:
        await opened.send('{"jsonrpc":"2.0","id":1,"method":"slotSubscribe"}')
        await opened.recv()
        yield opened


@pytest.fixture
async def agave() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(provider="agave")) as running:
        yield running
