"""The queue from collectors to processors: one Redis stream for each partition. Fast, bounded, never certain.

A batch stays in its stream until its transactions are stored, so the next owner of a partition finds it.
If the server loses batches, the collector notices and reads the chain again from the cursor.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis

from domain.errors import QueueUnavailable
from domain.sharding import ALL_PARTITIONS, TransactionBatch
from storage import keys
from storage.redis import FAULTS

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Batches of one partition that are read together."""
KEPT_SECONDS = 3_600
"""How long batches are kept after the last collector ended; then the chain is read again."""
_FIELD = b"batch"
_FIRST = "0-0"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(TransactionBatch).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedBatch:
    """A batch in the queue."""

    partition: int
    entry: str
    """Its id in the stream, greater than that of every batch before it."""
    batch: TransactionBatch | None = None
    """None: it cannot be read; another program wrote it, or another version of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSize:
    """How much waits, of all collectors together."""

    batches: int
    size_bytes: int
    """As the server estimates it."""


class BatchQueue:
    """The queue of one chain. Every method raises QueueUnavailable when Redis does not answer."""

    def __init__(self, client: Redis, *, chain: str) -> None:
        self._client = client
        self._keys = {partition: keys.batches(chain, partition) for partition in sorted(ALL_PARTITIONS)}
        self._partitions = {key.encode(): partition for partition, key in self._keys.items()}

    async def put(self, batches: Iterable[TransactionBatch]) -> list[str]:
        """Add batches in this order; their entries. If it fails, some of them may have been added."""
        pipe = self._client.pipeline(transaction=False)
        for batch in batches:
            pipe.xadd(self._keys[batch.partition], {_FIELD: _encode(batch)})
        return [entry.decode() for entry in await _answers(pipe)]

    async def take(self, partitions: Collection[int], *, seconds: float) -> list[QueuedBatch]:
        """The oldest batches of these partitions, in order within each; waits so long for the first.

        They stay there until they are dropped.
        """
        wanted: dict[Any, Any] = {self._keys[partition]: _FIRST for partition in sorted(partitions)}
        try:
            found = await self._client.xread(wanted, count=AT_ONCE, block=max(1, round(seconds * 1_000)))
        except FAULTS as error:
            raise QueueUnavailable("Redis does not answer") from error
        return [
            QueuedBatch(partition=partition, entry=entry.decode(), batch=_batch(fields, partition))
            for partition, entries in ((self._partitions[key], entries) for key, entries in _pairs(found))
            for entry, fields in entries
        ]

    async def drop(self, newest: Mapping[int, str]) -> None:
        """Delete the batches of each partition up to and with this entry: they are stored, or useless."""
        pipe = self._client.pipeline(transaction=False)
        for partition, entry in newest.items():
            pipe.xtrim(self._keys[partition], minid=_next(entry), approximate=False)
        await _answers(pipe)

    async def standing(self, entries: Sequence[tuple[int, str]]) -> list[bool]:
        """For each partition and entry, whether it is still in the queue."""
        pipe = self._client.pipeline(transaction=False)
        for partition, entry in entries:
            pipe.xrange(self._keys[partition], entry, entry)
        return [bool(found) for found in await _answers(pipe)]

    async def renew(self) -> None:
        """Keep the streams for another while; without it they expire, since no collector runs any longer."""
        pipe = self._client.pipeline(transaction=False)
        for key in self._keys.values():
            pipe.expire(key, KEPT_SECONDS)
        await _answers(pipe)

    async def size(self) -> QueueSize:
        """Return how much waits."""
        pipe = self._client.pipeline(transaction=False)
        for key in self._keys.values():
            pipe.xlen(key)
            pipe.memory_usage(key)
        answers = await _answers(pipe)
        return QueueSize(batches=sum(answers[::2]), size_bytes=sum(size or 0 for size in answers[1::2]))


async def _answers(pipe: Any) -> list[Any]:
    try:
        answers: list[Any] = await pipe.execute()
    except FAULTS as error:
        raise QueueUnavailable("Redis does not answer, or refuses to keep more") from error
    return answers


def _batch(fields: Mapping[bytes, bytes], partition: int) -> TransactionBatch | None:
    try:
        batch = _decode(fields[_FIELD])
    except (KeyError, msgspec.DecodeError) as error:
        log.warning("Skipped an entry that is no batch: %s", type(error).__name__)
        return None
    return batch if batch.partition == partition else None  # the reader has no lease of other partitions


def _pairs(found: Any) -> Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The answer of XREAD, which is a map or a list by the version of the protocol."""
    if isinstance(found, dict):
        return [(key, [one for part in parts for one in part]) for key, parts in found.items()]
    return found or ()


def _next(entry: str) -> str:
    milliseconds, _, number = entry.partition("-")
    return f"{milliseconds}-{int(number) + 1}"
