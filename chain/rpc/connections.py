"""The HTTP connections to one provider: kept between requests, and limited. Its address stays in here."""

import asyncio
import os
from dataclasses import dataclass

import aiohttp

from chain.rpc.config import PoolConfig
from chain.rpc.errors import Broken
from chain.rpc.response import seconds_to_wait
from runtime.observability.metrics import rpc_connections
from runtime.settings.secret import Secret

CONNECT_SECONDS = 5.0
_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer, whole."""

    status: int
    body: bytes
    retry_after: float | None
    """Seconds that it asks to wait."""


def _reason(error: Exception) -> str:
    """Why, in words that hold no address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name is not known"
    if isinstance(error, aiohttp.ClientConnectorError):
        return (
            os.strerror(error.os_error.errno).lower() if error.os_error.errno else "it cannot be connected to"
        )
    return "it takes too long" if isinstance(error, TimeoutError) else type(error).__name__


class Connections:
    """Posts to one address."""

    def __init__(self, name: str, url: Secret, config: PoolConfig) -> None:
        """Build it.

        Args:
            name: of the provider, without a key.
            url: of the provider; it may hold a key.
            config: how many connections, and how long they are kept.
        """
        self.in_use = 0
        """Requests under way."""
        self.limit = config.connections_max
        self._name = name
        self._url = url
        self._free = asyncio.Semaphore(config.connections_max)
        connector = aiohttp.TCPConnector(
            limit=config.connections_max, keepalive_timeout=config.idle_seconds, force_close=False
        )
        self._session = aiohttp.ClientSession(
            connector=connector, headers=_HEADERS, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def post(self, body: bytes, *, seconds: float) -> Response:
        """The answer to one post; waiting for a free connection counts.

        Raises:
            Broken: there was none in time. Its text never holds the address, and with it a key.
        """
        try:
            async with asyncio.timeout(max(seconds, 0.01)), self._free:
                self._count(1)
                try:
                    return await self._answer(body)
                finally:
                    self._count(-1)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Broken(f"no answer: {_reason(error)}", provider=self._name) from None

    async def close(self) -> None:
        """Close all of them."""
        await self._session.close()

    def _count(self, change: int) -> None:
        self.in_use += change
        rpc_connections.labels(self._name).set(self.in_use)

    async def _answer(self, body: bytes) -> Response:
        limit = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        async with self._session.post(
            self._url.reveal(), data=body, timeout=limit, allow_redirects=False
        ) as response:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            return Response(status=response.status, body=await response.read(), retry_after=wait)
