from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from solana.rpc.async_api import AsyncClient
from websockets.asyncio.client import ClientConnection, connect

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.wallets import by_hand

Ask: TypeAlias = Callable[..., Awaitable[Any]]


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
