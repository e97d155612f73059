"""Talks to the WebSocket side frame by frame."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection

V1 = {"maxSupportedTransactionVersion": 1}


async def heard(stream: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return msgspec.json.decode(await stream.recv())


async def call(stream: ClientConnection, method: str, *params: Any) -> Any:
    await stream.send(
        msgspec.json.encode({"jsonrpc": "2.0", "id": 2, "method": method, "params": params}).decode()
    )
    return await heard(stream)


async def subscribed(stream: ClientConnection, method: str, *params: Any) -> int:
    return int((await call(stream, method, *params))["result"])


async def next_slot(slots: ClientConnection) -> int:
    async with asyncio.timeout(5):
        found = msgspec.json.decode(await slots.recv())
    return int(found["params"]["result"]["slot"])
