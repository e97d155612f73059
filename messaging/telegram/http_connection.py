"""Connections that carry one JSON call after the other, each for an eighth of what it costs through aiohttp.

The parser is llhttp's; errors are aiohttp's, so that `answers.py` reads one kind, whichever way a call went.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections import defaultdict
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import aiohttp
import httptools
from aiohappyeyeballs import AddrInfoType, start_connection

from runtime.clock import monotonic

IDLE_SECONDS = 15.0
"""Idle connections are closed before Telegram does, which would look like a lost answer."""
MAX_BYTES = 64 * 1024 * 1024
"""A longer answer is cut off: files that bots may download have at most 20 MB."""
_NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of the server may take before the next one is tried beside it."""
_NAME_SECONDS = 10.0
"""How long the addresses of a name are believed."""
Answer = tuple[int, bytes]  # status and body


class NotConnected(aiohttp.ClientConnectionError):
    """No connection could be made; nothing was sent."""


class AnswerTooLong(aiohttp.ClientPayloadError):
    """The server answered more than Telegram ever does."""


class _Address(NamedTuple):
    scheme: str
    host: str
    port: int


class _Connection(asyncio.Protocol):
    """One connection; the parser calls its methods that begin with `on_`."""

    def __init__(self) -> None:
        self._idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pieces: list[bytes] = []
        self._has_head = self._has_news = False
        self._left = 0
        self._end = 0.0

    @property
    def is_usable(self) -> bool:
        """Whether it can carry a call."""
        return self._answer is None and self._transport is not None

    @property
    def is_stale(self) -> bool:
        """Whether it has rested for so long that the server may close it just now."""
        return monotonic() - self._idle_since >= IDLE_SECONDS

    def rest(self) -> None:
        """Begin to rest."""
        self._idle_since = monotonic()

    async def ask(self, request: bytes, limits: aiohttp.ClientTimeout) -> Answer:
        """Send a request and wait for its answer; afterwards it is usable, unless it was closed.

        Raises:
            aiohttp.ClientError, TimeoutError: it may have been carried out.
        """
        if self._transport is None:
            raise NotConnected("the connection was closed")
        self._answer = self._loop.create_future()
        self._pieces, self._left, self._has_head = [], MAX_BYTES, False
        self._end = monotonic() + (limits.total or 0.0)
        self._watch(limits.sock_read or 0.0)
        self._transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._answer = None
            if self._timer is not None:
                self._timer.cancel()

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """What came of an answer is the answer: where its end tells, its reader knows that it is cut."""
        self._transport = None
        if self._has_head:
            self._deliver()
        else:
            self._fail(aiohttp.ServerDisconnectedError() if exc is None else aiohttp.ClientOSError(*exc.args))

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody has asked for makes the connection useless."""
        self._has_news = True
        if self._answer is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(aiohttp.ClientPayloadError("the answer is no HTTP"))

    def on_message_begin(self) -> None:
        """What comes after an answer was not asked for."""
        if self._answer is None or self._answer.done():
            self.close()

    def on_headers_complete(self) -> None:
        """The status is known."""
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._left -= len(body)
        if self._left < 0:
            self._fail(AnswerTooLong("the answer is longer than any of Telegram's"))
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole; a status of 1xx announces another one."""
        if self._parser.get_status_code() < HTTPStatus.OK:
            self._has_head, self._pieces = False, []
            return
        self._deliver()
        if not self._parser.should_keep_alive():
            self.close()

    def _deliver(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._pieces)))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.close()

    def _watch(self, seconds: float) -> None:
        """Give up when nothing has come for so long, or at the end of the whole time."""
        self._has_news = False
        self._timer = self._loop.call_later(seconds, self._peek, seconds)

    def _peek(self, seconds: float) -> None:
        if self._has_news and monotonic() < self._end:
            self._watch(seconds)
        else:
            self._fail(aiohttp.SocketTimeoutError("the answer does not come"))


class ConnectionPool:
    """Connections to whatever servers are asked; no more at once than allowed.

    Args:
        connections: at once.
    """

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(connections)
        self._idle: defaultdict[_Address, list[_Connection]] = defaultdict(list)
        self._found: dict[_Address, tuple[Sequence[AddrInfoType], float]] = {}
        """The addresses of a server, and until when they are believed."""
        self._tls: ssl.SSLContext | None = None
        self._is_closed = False

    async def post(self, url: str, body: bytes, limits: aiohttp.ClientTimeout) -> Answer:
        """Post JSON; status and body of the answer.

        Args:
            url: of the method.
            body: JSON.
            limits: `connect` for a connection, `sock_read` between two pieces of the answer, `total` for all
                of them.

        Raises:
            NotConnected, aiohttp.ConnectionTimeoutError: nothing was sent.
            aiohttp.ClientError, TimeoutError: it may have been carried out.
        """
        head, address = _head(url)
        connection = await self._take(address, limits.connect)
        try:
            return await connection.ask(b"%b%d\r\n\r\n%b" % (head, len(body), body), limits)
        finally:
            self._give_back(address, connection)

    def close(self) -> None:
        """Close what is idle now, and everything else when its call ends."""
        self._is_closed = True
        for connection in [one for idle in self._idle.values() for one in idle]:
            connection.close()
        self._idle.clear()

    async def _take(self, address: _Address, seconds: float | None) -> _Connection:
        if not self._free.locked() and (connection := self._idle_one(address)) is not None:
            await self._free.acquire()
            return connection
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
                try:
                    return self._idle_one(address) or await self._connect(address)
                except BaseException:
                    self._free.release()
                    raise
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError("no connection in time") from None

    def _idle_one(self, address: _Address) -> _Connection | None:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if connection.is_usable and not connection.is_stale:
                return connection
            connection.close()
        return None

    def _give_back(self, address: _Address, connection: _Connection) -> None:
        self._free.release()
        if self._is_closed or not connection.is_usable:
            connection.close()
            return
        connection.rest()
        self._idle[address].append(connection)

    async def _connect(self, address: _Address) -> _Connection:
        loop = asyncio.get_running_loop()
        is_secure = address.scheme == "https"
        try:
            opened = await start_connection(
                await self._look_up(address), happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
            )
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, connection = await loop.create_connection(
                _Connection,
                sock=opened,
                ssl=self._context() if is_secure else None,
                server_hostname=address.host if is_secure else None,
            )
        except OSError as error:
            self._found.pop(address, None)
            raise NotConnected(f"no connection: {type(error).__name__}") from error
        return connection

    async def _look_up(self, address: _Address) -> Sequence[AddrInfoType]:
        """The addresses behind a name, as they were a moment ago: many connections are made at once."""
        found, until = self._found.get(address, ((), 0.0))
        if not found or monotonic() > until:
            look_up = asyncio.get_running_loop().getaddrinfo
            found = await look_up(address.host, address.port, type=socket.SOCK_STREAM)
            self._found[address] = (found, monotonic() + _NAME_SECONDS)
        return found

    def _context(self) -> ssl.SSLContext:
        """Made when it is first needed: it reads all certificates of the host."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


@functools.lru_cache(maxsize=64)
def _head(url: str) -> tuple[bytes, _Address]:
    """The head of a request without the number of bytes, and whom it is for."""
    parts = urlsplit(url)
    host = parts.hostname
    if host is None or parts.scheme not in {"http", "https"} or not url.isascii():
        raise aiohttp.InvalidURL("the address of the Bot API")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return head.encode(), _Address(parts.scheme, host, port)
