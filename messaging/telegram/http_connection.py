"""The pool of connections to the Bot API that carry one JSON call after the other.

Errors are aiohttp's, so that `answers.py` reads one kind, whichever way a call went.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohappyeyeballs import AddrInfoType, start_connection

from messaging.http_connection import Answer, HttpConnection, NotConnected
from runtime.clock import monotonic

IDLE_SECONDS = 15.0
"""Idle connections are closed before Telegram does, which would look like a lost answer."""
MAX_BYTES = 64 * 1024 * 1024
"""A longer answer is cut off: files that bots may download have at most 20 MB."""
_NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of the server may take before the next one is tried beside it."""
_NAME_SECONDS = 10.0
"""How long the addresses of a name are believed."""


class _Address(NamedTuple):
    scheme: str
    host: str
    port: int


class ConnectionPool:
    """Connections to whatever servers are asked; no more at once than allowed.

    Args:
        connections: at once.
    """

    def __init__(self, connections: int) -> None:
        self._free = connections
        """How many more calls may begin; 0 while others wait."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._idle: defaultdict[_Address, list[HttpConnection]] = defaultdict(list)
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

    async def _take(self, address: _Address, seconds: float | None) -> HttpConnection:
        if self._free and (connection := self._idle_one(address)) is not None:
            self._free -= 1
            return connection
        try:
            async with asyncio.timeout(seconds):
                await self._acquire()
                try:
                    return self._idle_one(address) or await self._connect(address)
                except BaseException:
                    self._release()
                    raise
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError("no connection in time") from None

    def _idle_one(self, address: _Address) -> HttpConnection | None:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if connection.is_usable and connection.rested_seconds < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _acquire(self) -> None:
        """Wait until a call may begin, in the order in which they came."""
        if self._free:
            self._free -= 1
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        """Let the next call begin."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    def _give_back(self, address: _Address, connection: HttpConnection) -> None:
        self._release()
        if self._is_closed or not connection.is_usable:
            connection.close()
            return
        connection.rest()
        self._idle[address].append(connection)

    async def _connect(self, address: _Address) -> HttpConnection:
        loop = asyncio.get_running_loop()
        is_secure = address.scheme == "https"
        try:
            opened = await start_connection(
                await self._look_up(address), happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
            )
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, connection = await loop.create_connection(
                lambda: HttpConnection(MAX_BYTES),
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
