"""Talks to the RPC port byte by byte."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp

Ask: TypeAlias = Callable[..., Awaitable[Any]]
"""Asks one RPC method, with its parameters; the whole answer."""


async def post(http: aiohttp.ClientSession, body: bytes) -> Any:
    async with http.post("/", data=body) as response:
        return await response.json()
