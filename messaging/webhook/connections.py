"""Connections to receivers of pushes, each to an address that was looked up and checked for it alone.

No name is looked up a second time: whoever answers for it may answer otherwise then. Nothing is redirected,
no proxy is asked, and bodies of answers are dropped.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
from aiohappyeyeballs import AddrInfoType, start_connection

from messaging.http_connection import AnswerTooLong, HttpConnection, NotConnected
from messaging.webhook.addresses import PORTS, Network, PushAddress, is_allowed, may_be_reached
from messaging.webhook.look_ups import LookUps, NameUnknown, NotTried

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""Standard Webhooks asks for 15 to 30."""
IDLE_SECONDS = 15.0
MAX_IDLE = 500
"""Idle connections, of all receivers together."""
MAX_BYTES = 64 * 1024
"""Of an answer's body; of a longer one the status counts, and the connection ends."""
_NEXT_ADDRESS_SECONDS = 0.25
_LIMITS = aiohttp.ClientTimeout(total=ANSWER_SECONDS, connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS)
LookUp = Callable[[str, int], Awaitable[Sequence[AddrInfoType]]]


class AddressRefused(aiohttp.ClientConnectionError):
    """No address behind the name is public; nothing was sent."""


class PortRefused(aiohttp.ClientConnectionError):
    """Pushes do not go to this port of a public address; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """What of an answer counts."""

    status: int
    retry_after: str = ""
    """As it stands in the header."""


class _PushConnection(HttpConnection):
    """One that looks at the header that says when to come again."""

    def __init__(self) -> None:
        super().__init__(MAX_BYTES)
        self.retry_after = ""

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of an answer."""
        if name.lower() == b"retry-after":
            self.retry_after = value.decode("latin-1")

    async def push(self, request: bytes) -> PushAnswer:
        """Send a request; a body beyond the bound hides no status."""
        self.retry_after = ""
        try:
            status, _ = await self.ask(request, _LIMITS)
        except AnswerTooLong:
            if self.status is None:
                raise
            status = self.status
        return PushAnswer(status=status, retry_after=self.retry_after)


class PushConnections:
    """Connections to whatever receivers there are.

    Args:
        allowed: networks that may be reached though they are not public.
        tls: proves who receivers are; None: by the certificates of the host.
        look_up: addresses of a name; None: as the host looks them up.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        tls: ssl.SSLContext | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        self._allowed = allowed
        self._tls = tls
        self._look_ups = LookUps()
        self._look_up = look_up or self._look_ups.addresses
        self._idle: defaultdict[tuple[str, int], list[_PushConnection]] = defaultdict(list)
        self._ages: OrderedDict[_PushConnection, tuple[str, int]] = OrderedDict()
        """The idle ones, the longest idle first."""
        self._is_closed = False

    async def post(self, address: PushAddress, request: bytes) -> PushAnswer:
        """Send a whole request and wait for its answer.

        A connection that was idle may have been closed by the receiver meanwhile: then it goes once more on a
        new one, as its receiver knows it by its id.

        Raises:
            AddressRefused, PortRefused, NotConnected, NotTried, aiohttp.ConnectionTimeoutError: nothing was
                sent.
            aiohttp.ClientError, TimeoutError: it may have arrived.
        """
        key = (address.host, address.port)
        idle = self._take(key)
        if idle is not None:
            with suppress(aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, NotConnected):
                return await self._push(key, idle, request)
        return await self._push(key, await self._open(address), request)

    async def check(self, address: PushAddress) -> None:
        """Return if something may be pushed there, by what its name stands for now.

        Raises:
            AddressRefused, PortRefused, NameUnknown: it may not, or nobody knows the name.
            NotTried: it cannot be announced just now.
        """
        await self._addresses(address)

    def close(self) -> None:
        """Close what is idle now, and everything else when its push ends."""
        self._is_closed = True
        for connection in self._ages:
            connection.close()
        self._ages.clear()
        self._idle.clear()
        self._look_ups.close()

    async def _push(self, key: tuple[str, int], connection: _PushConnection, request: bytes) -> PushAnswer:
        try:
            return await connection.push(request)
        finally:
            self._give_back(key, connection)

    def _take(self, key: tuple[str, int]) -> _PushConnection | None:
        idle = self._idle.get(key, [])
        while idle:
            connection = idle.pop()
            self._ages.pop(connection, None)
            if connection.is_usable and connection.rested_seconds < IDLE_SECONDS:
                return connection
            connection.close()
        self._idle.pop(key, None)
        return None

    def _give_back(self, key: tuple[str, int], connection: _PushConnection) -> None:
        if self._is_closed or not connection.is_usable:
            connection.close()
            return
        connection.rest()
        self._idle[key].append(connection)
        self._ages[connection] = key
        while len(self._ages) > MAX_IDLE or self._is_stale(next(iter(self._ages))):
            oldest, of = self._ages.popitem(last=False)
            self._idle[of].remove(oldest)
            if not self._idle[of]:
                del self._idle[of]
            oldest.close()
            if not self._ages:
                break

    def _is_stale(self, connection: _PushConnection) -> bool:
        return not connection.is_usable or connection.rested_seconds >= IDLE_SECONDS

    async def _open(self, address: PushAddress) -> _PushConnection:
        if self._is_closed:
            raise NotTried("this program ends")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await self._connect(address, await self._addresses(address))
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError("no connection in time") from None

    async def _connect(self, address: PushAddress, found: Sequence[AddrInfoType]) -> _PushConnection:
        try:
            opened = await start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, connection = await asyncio.get_running_loop().create_connection(
                _PushConnection, sock=opened, ssl=self._context(), server_hostname=address.host
            )
        except ssl.SSLCertVerificationError as error:
            raise NotConnected(f"its certificate is not valid: {error.verify_message}") from error
        except OSError as error:
            raise NotConnected(f"no connection: {type(error).__name__}") from error
        return connection

    async def _addresses(self, address: PushAddress) -> Sequence[AddrInfoType]:
        """Return what the name stands for now, as far as it may be reached."""
        try:
            found = await self._look_up(address.host, address.port)
        except (OSError, UnicodeError):
            raise NameUnknown from None
        reachable = [one for one in found if may_be_reached(str(one[4][0]), self._allowed)]
        if not reachable:
            raise AddressRefused
        if address.port not in PORTS:
            reachable = [one for one in reachable if is_allowed(str(one[4][0]), self._allowed)]
            if not reachable:
                raise PortRefused
        return reachable

    def _context(self) -> ssl.SSLContext:
        """Made when it is first needed: it reads all certificates of the host."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls
