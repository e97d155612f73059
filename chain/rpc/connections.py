"""The HTTP connections to one provider: kept between requests, and limited. Its address stays in here."""

import asyncio
import os
from dataclasses import dataclass

import aiohttp

from chain.rpc.body import ACCEPTED_ENCODING, Body, ByteBudget, read_body
from chain.rpc.config import PoolConfig
from chain.rpc.errors import Broken
from chain.rpc.response import seconds_to_wait
from runtime.observability.metrics import rpc_connections
from runtime.settings.secret import Secret

CONNECT_SECONDS = 5.0
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": ACCEPTED_ENCODING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer, whole."""

    status: int
    body: Body
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

    def __init__(self, name: str, url: Secret, config: PoolConfig, budget: ByteBudget) -> None:
        """Build it.

        Args:
            name: of the provider, without a key.
            url: of the provider; it may hold a key.
            config: how many connections, how long they are kept, and how much one answer may hold.
            budget: of all answers that the process holds.
        """
        self.in_use = 0
        """Requests under way."""
        self.limit = config.connections_max
        self._name = name
        self._budget = budget
        self._max_bytes = config.max_answer_bytes
        self._url = url
        self._free = asyncio.Semaphore(config.connections_max)
        connector = aiohttp.TCPConnector(
            limit=config.connections_max, keepalive_timeout=config.idle_seconds, force_close=False
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # aiohttp would unpack a whole bomb at once
        )

    async def post(self, body: bytes, *, seconds: float, max_bytes: int) -> Response:
        """The answer to one post; waiting for a free connection counts.

        Args:
            body: of the post.
            seconds: how long it may take, to the last byte of the answer.
            max_bytes: of the answer, unpacked.

        Raises:
            Broken: there was none in time, or too large a one. Its text never holds the address, and with it
                a key.
            NoRoom: the process holds too many answers.
        """
        try:
            async with asyncio.timeout(max(seconds, 0.01)), self._free:
                self._count(1)
                try:
                    return await self._answer(body, min(max_bytes, self._max_bytes))
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

    async def _answer(self, body: bytes, max_bytes: int) -> Response:
        limit = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        async with self._session.post(
            self._url.reveal(), data=body, timeout=limit, allow_redirects=False
        ) as response:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            answer = await read_body(response, limit=max_bytes, budget=self._budget, provider=self._name)
            return Response(status=response.status, body=answer, retry_after=wait)
