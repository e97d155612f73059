"""The queue from collectors to processors: a stream in Redis for each strand. Fast, bounded, never certain.

A haul stays in its stream until what it holds is stored, so that whoever takes a strand over finds it there.
Should the server lose hauls, the collector sees it and reads the chain again from the cursor.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis

from domain.errors import QueueUnavailable
from domain.sharding import ALL_STRANDS
from domain.transaction_batches import Haul
from storage import keys
from storage.redis import FAULTS

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Hauls of one strand that are taken together."""
KEPT_SECONDS = 3_600
"""How long hauls are kept when no collector runs any longer; then the chain is read again."""
_FIELD = b"haul"
_FIRST = "0-0"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Haul).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A haul in the queue."""

    strand: int
    entry: str
    """Its place: greater than that of every haul before it in the strand."""
    haul: Haul | None = None
    """None: it is none; somebody else wrote there, or another version of this program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSize:
    """How much waits, for all collectors together."""

    hauls: int
    size_bytes: int
    """As the server estimates it."""


class HaulQueue:
    """The queue of one chain. Every method raises QueueUnavailable when Redis does not answer."""

    def __init__(self, client: Redis, *, chain: str) -> None:
        self._client = client
        self._keys = {strand: keys.hauls(chain, strand) for strand in sorted(ALL_STRANDS)}
        self._strands = {key.encode(): strand for strand, key in self._keys.items()}

    async def put(self, hauls: Iterable[Haul]) -> list[str]:
        """Add hauls in this order; their entries. If the answer is lost, some may have been added."""
        pipe = self._client.pipeline(transaction=False)
        for haul in hauls:
            pipe.xadd(self._keys[haul.strand], {_FIELD: _encode(haul)})
        return [entry.decode() for entry in await _answers(pipe)]

    async def take(self, strands: Collection[int], *, seconds: float) -> list[Queued]:
        """The oldest hauls of these strands, each strand's in their order; waits so long for the first.

        They stay there until they are dropped.
        """
        wanted: dict[Any, Any] = {self._keys[strand]: _FIRST for strand in sorted(strands)}
        try:
            found = await self._client.xread(wanted, count=AT_ONCE, block=max(1, round(seconds * 1_000)))
        except FAULTS as error:
            raise QueueUnavailable("Redis does not answer") from error
        return [
            Queued(strand=strand, entry=entry.decode(), haul=_haul(fields, strand))
            for strand, entries in ((self._strands[key], entries) for key, entries in _pairs(found))
            for entry, fields in entries
        ]

    async def drop(self, newest: Mapping[int, str]) -> None:
        """Forget the hauls of each strand up to and with this entry: they are stored, or of no use."""
        pipe = self._client.pipeline(transaction=False)
        for strand, entry in newest.items():
            pipe.xtrim(self._keys[strand], minid=_next(entry), approximate=False)
        await _answers(pipe)

    async def standing(self, entries: Sequence[tuple[int, str]]) -> list[bool]:
        """Of each strand and entry whether it is still in the queue."""
        pipe = self._client.pipeline(transaction=False)
        for strand, entry in entries:
            pipe.xrange(self._keys[strand], entry, entry)
        return [bool(found) for found in await _answers(pipe)]

    async def renew(self) -> None:
        """Keep what waits for another while; what nobody renews is of collectors that are gone."""
        pipe = self._client.pipeline(transaction=False)
        for key in self._keys.values():
            pipe.expire(key, KEPT_SECONDS)
        await _answers(pipe)

    async def size(self) -> QueueSize:
        """How much waits."""
        pipe = self._client.pipeline(transaction=False)
        for key in self._keys.values():
            pipe.xlen(key)
            pipe.memory_usage(key)
        told = await _answers(pipe)
        return QueueSize(hauls=sum(told[::2]), size_bytes=sum(size or 0 for size in told[1::2]))


async def _answers(pipe: Any) -> list[Any]:
    try:
        answers: list[Any] = await pipe.execute()
    except FAULTS as error:
        raise QueueUnavailable("Redis does not answer, or refuses to keep more") from error
    return answers


def _haul(fields: Mapping[bytes, bytes], strand: int) -> Haul | None:
    try:
        haul = _decode(fields[_FIELD])
    except (KeyError, msgspec.DecodeError) as error:
        log.warning("No haul, and passed over: %s", type(error).__name__)
        return None
    return haul if haul.strand == strand else None  # who has this strand has no right to others


def _pairs(found: Any) -> Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The answer of XREAD, which is a map or a list by the version of the protocol."""
    if isinstance(found, dict):
        return [(key, [one for part in parts for one in part]) for key, parts in found.items()]
    return found or ()


def _next(entry: str) -> str:
    milliseconds, _, number = entry.partition("-")
    return f"{milliseconds}-{int(number) + 1}"
