"""The HTTP connection to Telegram: one aiohttp session with a pool and time-outs."""

from __future__ import annotations

import aiohttp

from runtime.clock import monotonic
from runtime.observability import metrics

CONNECTIONS = 128
"""Requests in flight at once; more wait for a connection, which is safe to repeat."""
READ_SECONDS = 30.0
"""A shorter wait for an answer would make needless doubt whether a message was accepted."""
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 15.0
"""Idle connections are closed before Telegram does, which would look like a lost answer."""
MAX_BYTES = 64 * 1024 * 1024
"""A longer answer is cut off: files that bots may download have at most 20 MB."""
_PIECE = 64 * 1024


class AnswerTooLong(aiohttp.ClientPayloadError):
    """The server answered more than Telegram ever does."""


class Wire:
    """A pool of connections to one Bot API server. Open it in the event loop that uses it."""

    __slots__ = ("_connections", "_session")

    def __init__(self, *, connections: int = CONNECTIONS) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the session; once is enough."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=IDLE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
            )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(
        self, url: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        """Send a request and return status and body.

        Bytes are sent as JSON; None sends a GET without a body.

        Raises:
            aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError: nothing was sent.
            aiohttp.ClientError, TimeoutError: it may have been carried out.
        """
        name = _method(url)
        began = monotonic()
        code = "none"
        try:
            status, answer = await self._ask(url, body, limits)
            code = str(status)
        finally:
            metrics.telegram_requests.labels(name, code).inc()
            metrics.telegram_request_seconds.labels(name).observe(monotonic() - began)
        return status, answer

    async def _ask(
        self, url: str, body: bytes | aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        session = self._opened()
        headers = {"Content-Type": "application/json"} if isinstance(body, bytes) else None
        method = "GET" if body is None else "POST"
        async with session.request(
            method, url, data=body, headers=headers, timeout=limits, allow_redirects=False
        ) as response:
            return response.status, await _body(response)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the connection to Telegram is not open")
        return self._session


def time_limits(
    *, read: float = READ_SECONDS, connect: float = CONNECT_SECONDS, wait_for_pool: float | None = None
) -> aiohttp.ClientTimeout:
    """Time-outs in seconds; `wait_for_pool` bounds waiting for a free connection and making it, together."""
    pool = connect if wait_for_pool is None else connect + wait_for_pool
    return aiohttp.ClientTimeout(total=pool + 2 * read, connect=pool, sock_connect=connect, sock_read=read)


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
