"""The collector's end of the queue: what is in flight, whether it arrived, and whether there is room.

A batch is in flight until its partition is complete up to it. A batch that is neither in the queue nor
committed was lost, or dropped because another before it was; then the chain is read again from the cursor.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.errors import QueueUnavailable, Unavailable
from domain.sharding import ALL_PARTITIONS, TransactionBatch
from runtime.clock import monotonic
from runtime.observability.metrics import (
    batch_losses,
    batch_oldest_seconds,
    batch_queue_bytes,
    batch_queue_entries,
)
from scanner.commit.sink import FEED
from scanner.pipeline.partitions import SILENT_SECONDS
from storage.coordination.instances import MemberRole, count_members
from storage.ingest.batch_queue import BatchQueue, QueueSize
from storage.ingest.cursors import follow_partitions, partition_cursors
from storage.ingest.outages import ChainProgress
from storage.postgres import Database

log = logging.getLogger(__name__)
CHECK_SECONDS = 0.2
AWAY_SECONDS = 2.0
"""From check to check while Redis does not answer."""
RENEW_SECONDS = 60.0
"""How often the expiry of what waits is put off."""
MAX_BATCHES = 20_000
"""Batches that may wait for processors, however small they are; some minutes of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlightBatch:
    """A batch in the queue that makes its partition complete up to a slot."""

    entry: str
    """Its place in the queue."""
    upto: int
    produced_at: float
    """By the monotonic clock."""


@dataclass(slots=True)
class InFlightTable:
    """The batches in flight, of each partition the oldest first."""

    partitions: dict[int, deque[InFlightBatch]] = field(default_factory=dict)

    def add(self, partition: int, batch: InFlightBatch) -> None:
        """Note that a batch was put into the queue."""
        self.partitions.setdefault(partition, deque()).append(batch)

    def oldest(self) -> list[tuple[int, InFlightBatch]]:
        """Of each partition the batch that should be committed next."""
        return [(partition, batches[0]) for partition, batches in self.partitions.items() if batches]

    def committed(self, cursors: Mapping[int, int]) -> None:
        """Remove what is committed: each partition is complete up to its cursor."""
        for partition, batches in self.partitions.items():
            while batches and batches[0].upto <= cursors.get(partition, -1):
                batches.popleft()

    def has_lost(self, asked: Sequence[tuple[int, InFlightBatch]], in_queue: Sequence[bool]) -> bool:
        """Return whether a batch is neither in the queue nor committed.

        Args:
            asked: batches that the queue was asked for.
            in_queue: of each of them, whether it was still there.
        """
        open_batches = {id(batch) for _, batch in self.oldest()}
        return any(
            not stands and id(batch) in open_batches
            for (_, batch), stands in zip(asked, in_queue, strict=True)
        )

    def clear(self) -> None:
        """Forget everything: the chain is read again."""
        self.partitions.clear()


class BatchProducer:
    """Puts batches into the queue and follows them until they are committed."""

    def __init__(self, queue: BatchQueue, database: Database, *, chain: str, max_bytes: int) -> None:
        """Create it.

        Args:
            queue: to the processors.
            database: where the cursors of the partitions are stored.
            chain: whose transactions these are.
            max_bytes: what may wait in the queue; then the collector waits.
        """
        self.is_incomplete = False
        """Whether something in flight was lost; see `rewind`."""
        self.away = False
        """Whether the queue did not answer when it was last asked."""
        self.processors = 0
        """How many were there at the last check."""
        self.size = QueueSize(batches=0, size_bytes=0)
        """At the last check, and what was put since."""
        self._queue = queue
        self._database = database
        self._chain = chain
        self._max_bytes = max_bytes
        self._progress: ChainProgress | None = None
        self._read: list[int] = []
        self._in_flight = InFlightTable()
        self._followed: int | None = None
        self._renewed = float("-inf")
        self._checked = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether enough waits for processors."""
        return self.size.size_bytes >= self._max_bytes or self.size.batches >= MAX_BATCHES

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest batch in flight."""
        oldest = min((batch.produced_at for _, batch in self._in_flight.oldest()), default=None)
        return 0.0 if oldest is None else monotonic() - oldest

    def note_read(self, slots: Sequence[int], progress: ChainProgress | None) -> None:
        """Remember that these blocks were read, and how far the chain has come."""
        self._read = [*self._read, *slots][-MAX_BATCHES:]
        self._progress = progress

    async def produce(self, batches: Sequence[TransactionBatch]) -> None:
        """Put batches into the queue.

        Raises:
            QueueUnavailable: Redis does not answer; some may have been put, and may be put again.
        """
        try:
            entries = await self._queue.put(batches)
        except QueueUnavailable:
            self.is_incomplete = self.away = True
            raise
        now = monotonic()
        for batch, entry in zip(batches, entries, strict=True):
            if batch.upto is not None:
                in_flight = InFlightBatch(entry=entry, upto=batch.upto, produced_at=now)
                self._in_flight.add(batch.partition, in_flight)
        added = sum(len(transaction.raw) for batch in batches for transaction in batch.transactions)
        self.size = QueueSize(
            batches=self.size.batches + len(batches), size_bytes=self.size.size_bytes + added
        )

    async def rewind(self, slot: int) -> int:
        """Where to read on after a loss: everything up to there is stored; `slot` if no partition ever began.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        cursors = await partition_cursors(self._database, chain=self._chain, feed=FEED)
        self._in_flight.clear()
        self.is_incomplete = False
        return min(cursors.values()) if cursors.keys() == ALL_PARTITIONS else slot

    async def wait_for_room(self, seconds: float) -> bool:
        """Wait until there is room in the queue, but no longer than this; return whether there is."""
        ends = monotonic() + seconds
        while self.full and not (self.is_incomplete or self.away) and (left := ends - monotonic()) > 0:
            await self._next_check(left)
        return not self.full

    async def run(self) -> None:
        """Follow what is in flight until cancelled."""
        while True:
            try:
                await self.move_cursor()
                await self.check()
                self.away = False
            except QueueUnavailable as error:
                log.warning("The queue to processors is unavailable, so their work is done here: %s", error)
                self.is_incomplete = self.away = True
            except Unavailable as error:
                log.warning("The queue to processors cannot be checked: %s", error)
            await asyncio.sleep(AWAY_SECONDS if self.away else CHECK_SECONDS)

    async def move_cursor(self) -> None:
        """Move the cursor of all wallets to where every partition is complete.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        cursors = await partition_cursors(self._database, chain=self._chain, feed=FEED)
        lowest = min(cursors.values(), default=None)
        if lowest is not None and lowest != self._followed:
            await follow_partitions(
                self._database,
                chain=self._chain,
                feed=FEED,
                upto=lowest,
                progress=self._progress_up_to(lowest),
            )
            self._followed = lowest

    async def check(self) -> None:
        """See what has arrived, what was lost, and how much waits.

        Raises:
            Unavailable: a server does not answer.
        """
        asked = self._in_flight.oldest()
        in_queue = await self._queue.standing([(partition, batch.entry) for partition, batch in asked])
        # The cursors are read after the queue: a batch leaves the queue after it was committed.
        self._in_flight.committed(await partition_cursors(self._database, chain=self._chain, feed=FEED))
        if self._in_flight.has_lost(asked, in_queue) and not self.is_incomplete:
            log.warning("Batches were lost on the way; the chain is read again from the cursor")
            batch_losses.inc()
            self.is_incomplete = True
        self.size = await self._queue.size()
        if monotonic() - self._renewed > RENEW_SECONDS:
            await self._queue.renew()
            self._renewed = monotonic()
        self.processors = await count_members(
            self._database, chain=self._chain, role=MemberRole.PROCESSOR, seconds=SILENT_SECONDS
        )
        self._measure()

    def _progress_up_to(self, slot: int) -> ChainProgress | None:
        """Return how far the chain has come, and which of the blocks that were read are stored by now."""
        if self._progress is None:
            return None
        stored = [read for read in self._read if read <= slot]
        self._read = [read for read in self._read if read > slot]
        return replace(self._progress, blocks=stored)

    def _measure(self) -> None:
        batch_queue_entries.set(self.size.batches)
        batch_queue_bytes.set(self.size.size_bytes)
        batch_oldest_seconds.set(self.oldest_seconds)
        self._checked.set()
        self._checked = asyncio.Event()

    async def _next_check(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._checked.wait()
        except TimeoutError:
            return
