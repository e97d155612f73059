"""Resolves host names of receivers, so that slow names delay no others.

The host's own resolver blocks a thread until it gives up, however long that takes. So there are many threads,
few of them for one domain; a name is looked up once for all who ask at a time, and one that failed is left
alone for a while, the longer the longer it took. What was found is never kept: each connection asks again.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohappyeyeballs import AddrInfoType

from messaging.http_connection import NotConnected
from runtime.clock import monotonic

MAX_LOOK_UPS = 64
"""At a time, apart from all others that this process makes."""
MAX_OF_DOMAIN = 8
"""Of them for names that end alike, as whoever owns a domain has as many names as they like."""
ANSWER_SECONDS = 6.0
"""How long anybody waits for a name, from when it was first asked for."""
ROOM_SECONDS = 2.0
"""How long a look-up waits for others to end."""
_ALONE_SECONDS = 10.0
"""How long a name that failed is left alone at least, so that who has mended it need not wait."""
_MAX_ALONE_SECONDS = 120.0
_ALONE_SHARE = 4.0
"""Of the time that its look-up took."""
_MAX_ALONE = 4_096
_Key = tuple[str, int]
Resolve = Callable[[str, int], Sequence[AddrInfoType]]


class NotTried(aiohttp.ClientConnectionError):
    """Nothing was tried, for a reason of our own: it says nothing of the receiver."""


class NameUnknown(NotConnected):
    """Nobody knows the name, or nobody says so in time."""


def by_host(host: str, port: int) -> Sequence[AddrInfoType]:
    """The addresses of a name as the host looks them up; it blocks."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class _Gate:
    """The room for names of one domain."""

    __slots__ = ("_users", "room")

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(MAX_OF_DOMAIN)
        self._users = 0
        """Who is in, or waits."""

    def join(self) -> None:
        """Somebody comes."""
        self._users += 1

    def drop(self) -> bool:
        """Somebody leaves; return whether nobody is left."""
        self._users -= 1
        return not self._users


class LookUps:
    """All look-ups of one program.

    Args:
        resolve: blocks until it has the addresses of a name, or raises OSError.
    """

    def __init__(self, resolve: Resolve = by_host) -> None:
        self._resolve = resolve
        self._threads = ThreadPoolExecutor(MAX_LOOK_UPS, thread_name_prefix="webhook-names")
        self._free = asyncio.Semaphore(MAX_LOOK_UPS)
        self._gates: dict[str, _Gate] = {}
        """Of the domains for whose names somebody looks or waits."""
        self._under_way: dict[_Key, tuple[asyncio.Future[Sequence[AddrInfoType]], float]] = {}
        """Each with the time when it began; it stays until its thread is free."""
        self._alone_until: dict[_Key, float] = {}
        self._is_closed = False

    async def addresses(self, host: str, port: int) -> Sequence[AddrInfoType]:
        """Return what a name stands for now.

        Raises:
            NameUnknown: nobody knows it.
            NotTried: too many others are looked up, or this program ends.
        """
        key = (host, port)
        if self._alone_until.get(key, 0.0) > monotonic():
            raise NameUnknown
        found, began = self._under_way.get(key) or await self._begin(key)
        try:
            async with asyncio.timeout(began + ANSWER_SECONDS - monotonic()):
                return await asyncio.shield(found)
        except (OSError, UnicodeError, TimeoutError):
            raise NameUnknown from None

    def close(self) -> None:
        """Begin none any more."""
        self._is_closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _begin(self, key: _Key) -> tuple[asyncio.Future[Sequence[AddrInfoType]], float]:
        domain = domain_of(key[0])
        try:
            async with asyncio.timeout(ROOM_SECONDS):
                await self._enter(domain)
        except TimeoutError:
            raise NotTried("too many names are looked up") from None
        if self._is_closed or key in self._under_way:
            self._leave(domain)
            if self._is_closed:
                raise NotTried("this program ends")
            return self._under_way[key]
        found = asyncio.get_running_loop().run_in_executor(self._threads, self._resolve, *key)
        self._under_way[key] = found, monotonic()
        found.add_done_callback(partial(self._ended, key, domain))
        return self._under_way[key]

    async def _enter(self, domain: str) -> None:
        """Wait for room among the names of a domain, and among all."""
        gate = self._gates.setdefault(domain, _Gate())
        gate.join()
        try:
            await gate.room.acquire()
            try:
                await self._free.acquire()
            except BaseException:
                gate.room.release()
                raise
        except BaseException:
            self._drop(domain)
            raise

    def _leave(self, domain: str) -> None:
        self._gates[domain].room.release()
        self._free.release()
        self._drop(domain)

    def _drop(self, domain: str) -> None:
        """A gate stays only as long as somebody uses it: whoever owns domains may have any number."""
        if self._gates[domain].drop():
            del self._gates[domain]

    def _ended(self, key: _Key, domain: str, found: asyncio.Future[Sequence[AddrInfoType]]) -> None:
        """Its thread is free."""
        self._leave(domain)
        _, began = self._under_way.pop(key)
        if found.cancelled() or found.exception() is None:
            return
        now = monotonic()
        if len(self._alone_until) >= _MAX_ALONE:
            self._alone_until = {one: until for one, until in self._alone_until.items() if until > now}
            while len(self._alone_until) >= _MAX_ALONE:
                del self._alone_until[next(iter(self._alone_until))]
        alone = max(_ALONE_SECONDS, min(_ALONE_SHARE * (now - began), _MAX_ALONE_SECONDS))
        self._alone_until[key] = now + alone


def domain_of(host: str) -> str:
    """The end of a name that its owner may put anything before, as far as a name tells; an address whole."""
    is_address = ":" in host or host.replace(".", "").isdigit()
    return host if is_address else ".".join(host.rsplit(".", 2)[-2:])
