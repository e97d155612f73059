"""The HTTP connections to Telegram: JSON goes the short way, files and the rest through aiohttp."""

from __future__ import annotations

import functools

import aiohttp
from prometheus_client import Counter, Histogram

from messaging.http_connection import AnswerTooLong
from messaging.telegram.http_connection import IDLE_SECONDS, MAX_BYTES, ConnectionPool
from runtime.clock import monotonic
from runtime.observability import metrics

CONNECTIONS = 128
"""Requests in flight at once; more wait for a connection, which is safe to repeat."""
READ_SECONDS = 30.0
"""A shorter wait for an answer would make needless doubt whether a message was accepted."""
CONNECT_SECONDS = 10.0
_PIECE = 64 * 1024


class Wire:
    """Connections to one Bot API server. Open it in the event loop that uses it."""

    __slots__ = ("_connections", "_pool", "_session")

    def __init__(self, *, connections: int = CONNECTIONS) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._pool: ConnectionPool | None = None

    async def open(self) -> None:
        """Make the session; once is enough."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=IDLE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
            )
            self._pool = ConnectionPool(self._connections)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    async def post(
        self, url: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        """Send a request and return status and body.

        Bytes are sent as JSON; None sends a GET without a body.

        Args:
            url: with the token in it; metrics get the method's name only.
            body: JSON as bytes, or a form with files.
            limits: from `time_limits`.

        Raises:
            aiohttp.ClientConnectorError, NotConnected, aiohttp.ConnectionTimeoutError: nothing was sent.
            aiohttp.ClientError, TimeoutError: it may have been carried out.
        """
        name = _method(url)
        began = monotonic()
        code = "none"
        try:
            if isinstance(body, bytes) and self._pool is not None:
                status, answer = await self._pool.post(url, body, limits)
            else:
                status, answer = await self._ask(url, body, limits)
            code = str(status)
        finally:
            _requests(name, code).inc()
            _seconds(name).observe(monotonic() - began)
        return status, answer

    async def _ask(
        self, url: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the connection to Telegram is not open")
        method = "GET" if body is None else "POST"
        async with self._session.request(
            method, url, data=body, timeout=limits, allow_redirects=False
        ) as response:
            return response.status, await _body(response)


@functools.lru_cache(maxsize=256)
def _requests(name: str, code: str) -> Counter:
    return metrics.telegram_requests.labels(name, code)


@functools.lru_cache(maxsize=64)
def _seconds(name: str) -> Histogram:
    return metrics.telegram_request_seconds.labels(name)


def time_limits(
    *, read: float = READ_SECONDS, connect: float = CONNECT_SECONDS, wait_for_pool: float | None = None
) -> aiohttp.ClientTimeout:
    """Time-outs in seconds; `wait_for_pool` bounds waiting for a free connection and making it, together.

    Args:
        read: between two parts of the answer; twice that for all of it.
        connect: of TCP and TLS.
        wait_for_pool: beyond `connect`; None: no time beyond it.
    """
    pool = connect if wait_for_pool is None else connect + wait_for_pool
    return aiohttp.ClientTimeout(total=pool + 2 * read, connect=pool, sock_connect=connect, sock_read=read)


@functools.lru_cache(maxsize=256)
def _method(url: str) -> str:
    """The name of the method in an address of the Bot API, for metrics; it must not hold the token."""
    before, _, name = url.rpartition("/")
    return name if name.isalpha() and "/file/" not in before else "file"


async def _body(response: aiohttp.ClientResponse) -> bytes:
    pieces: list[bytes] = []
    left = MAX_BYTES
    async for piece in response.content.iter_chunked(_PIECE):
        left -= len(piece)
        if left < 0:
            raise AnswerTooLong("the answer is longer than any of Telegram's")
        pieces.append(piece)
    return b"".join(pieces)
