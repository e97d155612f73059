"""Reads HTTP bodies within bounds: on the decompressed size, and on the total of the process.

A node may send what it likes, as long as it likes, packed as it likes. So a body is taken piece by piece, and
each piece counts before the next is unpacked.
"""

import asyncio
import zlib
from collections.abc import Iterator
from typing import Protocol

from aiohttp import ClientResponse

from chain.rpc.errors import NoRoom, Oversized, UnusableAnswer
from runtime.observability.metrics import rpc_bytes_in_flight

ACCEPTED_ENCODING = "gzip"
"""The only packing that is asked for, and understood."""
PIECE_BYTES = 256 * 1024
"""What is unpacked at once."""
ROOM_SECONDS = 1.0
"""How long a body waits for others to be dropped."""
_GZIP = zlib.MAX_WBITS | 16
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
_PLAIN_NAMES = frozenset({"", "identity"})


class ByteBudget:
    """The bytes of answers that this process holds, from the first piece until the last reader drops a body.

    The oldest body always has room left up to its own bound, as far as others that are whole leave it: so
    many that are read together never wait for each other.
    """

    def __init__(self, capacity: int) -> None:
        """Build it.

        Args:
            capacity: bytes in flight at most.
        """
        self.in_flight = 0
        """Bytes that the process holds now."""
        self.highest = 0
        """The most that it ever held."""
        self._capacity = capacity
        self._reading: dict[int, Body] = {}
        self._freed = asyncio.Event()

    def begin(self, body: "Body") -> None:
        """A body is read from now on."""
        self._reading[id(body)] = body

    def end(self, body: "Body") -> None:
        """It is whole, or given up."""
        self._reading.pop(id(body), None)
        self._freed.set()

    async def take(self, body: "Body", size: int) -> None:
        """Count so many bytes for a body, once there is room for them.

        Raises:
            NoRoom: there was none in time.
        """
        if not self._has_room(body, size):
            await self._wait_for_room(body, size)
        self.in_flight += size
        self.highest = max(self.highest, self.in_flight)
        rpc_bytes_in_flight.set(self.in_flight)

    def release(self, size: int) -> None:
        """A body is dropped."""
        self.in_flight -= size
        rpc_bytes_in_flight.set(self.in_flight)
        self._freed.set()

    async def _wait_for_room(self, body: "Body", size: int) -> None:
        try:
            async with asyncio.timeout(ROOM_SECONDS):
                while not self._has_room(body, size):
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise NoRoom("no room beside the other answers", provider="this process") from None

    def _has_room(self, body: "Body", size: int) -> bool:
        oldest = next(iter(self._reading.values()), body)
        reserved = 0 if oldest is body else oldest.limit - len(oldest)
        return self.in_flight + size + reserved <= self._capacity


class Body(bytearray):
    """A body as it grows. What is decoded of it keeps it alive; when it goes, its bytes are free again."""

    def __init__(self, budget: ByteBudget, limit: int) -> None:
        """Build it empty.

        Args:
            budget: counts its bytes.
            limit: bytes that it may grow to.
        """
        super().__init__()
        self.limit = limit
        self._budget = budget
        self._counted = 0

    async def add(self, piece: bytes, provider: str) -> None:
        """Append a piece.

        Raises:
            Oversized: it is larger than the limit now.
            NoRoom: the process holds too much.
        """
        if len(self) + len(piece) > self.limit:
            raise oversized(provider, self.limit)
        await self._budget.take(self, len(piece))
        self._counted += len(piece)
        self += piece

    def __del__(self) -> None:
        """Free what was counted."""
        if self._counted:
            self._budget.release(self._counted)


def oversized(provider: str, limit: int) -> Oversized:
    """The fault of a provider whose answer is larger than the limit, in bytes."""
    return Oversized(f"an answer of more than {limit / 2**20:g} MiB", provider=provider)


async def read_body(response: ClientResponse, *, limit: int, budget: ByteBudget, provider: str) -> Body:
    """The body, unpacked; the connection is of no use after a fault.

    Args:
        response: of a session that unpacks nothing by itself.
        limit: bytes of it, unpacked, at most.
        budget: counts its bytes.
        provider: who answered, for the errors' texts.

    Raises:
        Oversized: it is larger.
        NoRoom: the process holds too much.
        UnusableAnswer: it is packed as nobody asked for, or not as it says.
    """
    if (response.content_length or 0) > limit:
        raise oversized(provider, limit)
    unpack = _unpacker(response.headers.get("Content-Encoding", ""), provider)
    body = Body(budget, limit)
    budget.begin(body)
    try:
        async for chunk in response.content.iter_any():
            for piece in unpack.pieces(chunk):
                await body.add(piece, provider)
                if len(piece) == PIECE_BYTES:
                    await asyncio.sleep(0)  # unpacking takes long, and others live in this loop too
    except zlib.error:
        raise UnusableAnswer("an answer that is not packed as it says", provider=provider) from None
    finally:
        budget.end(body)
    return body


class _Unpacker(Protocol):
    """Turns what came into what was packed."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Return what is in a chunk, in pieces of a bounded size."""


class _Plain:
    """Nothing is packed."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The chunk itself."""
        yield chunk


class _Gzip:
    """Unpacks one member; what follows it is passed over."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Return what is in the chunk."""
        packed = chunk
        while packed and not self._stream.eof:
            yield self._stream.decompress(packed, PIECE_BYTES)
            packed = self._stream.unconsumed_tail


def _unpacker(encoding: str, provider: str) -> _Unpacker:
    name = encoding.strip().lower()
    if name in _PLAIN_NAMES:
        return _Plain()
    if name in _GZIP_NAMES:
        return _Gzip()
    raise UnusableAnswer("an answer in an encoding that was not asked for", provider=provider)
