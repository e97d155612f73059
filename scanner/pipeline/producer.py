"""The collector's end of the queue: what is on the way, whether it arrived, and whether there is room.

A haul is on the way until its strand is complete up to it. One that is neither in the queue nor stored was
lost, or dropped because another before it was; then the chain is read again from the cursor.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.errors import QueueUnavailable, Unavailable
from domain.sharding import ALL_PARTITIONS
from domain.transaction_batches import TransactionBatch
from runtime.clock import monotonic
from runtime.observability.metrics import (
    batch_losses,
    batch_oldest_seconds,
    batch_queue_bytes,
    batch_queue_entries,
)
from scanner.pipeline.partitions import SILENT_SECONDS
from scanner.reconcile.block_syncer import FEED
from storage.coordination.membership import MemberRole, count_members
from storage.ingest.batch_queue import BatchQueue, QueueSize
from storage.ingest.outages import ChainProgress
from storage.ingest.partitions import follow_partitions, partition_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
AWAY_SECONDS = 2.0
"""From look to look while Redis does not answer."""
RENEW_SECONDS = 60.0
"""From time to time the server is told to keep what waits."""
MAX_BATCHES = 20_000
"""That may wait for processors, however small they are; some minutes of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlightBatch:
    """A haul on the way that makes its strand complete up to a slot."""

    entry: str
    upto: int
    at: float
    """By the monotonic clock."""


@dataclass(slots=True)
class InFlightTable:
    """What is on the way, the oldest first. Pure."""

    partitions: dict[int, deque[InFlightBatch]] = field(default_factory=dict)

    def note(self, partition: int, shipped: InFlightBatch) -> None:
        """It was put into the queue."""
        self.partitions.setdefault(partition, deque()).append(shipped)

    def oldest(self) -> list[tuple[int, InFlightBatch]]:
        """Of each strand the one that should arrive next."""
        return [(partition, waiting[0]) for partition, waiting in self.partitions.items() if waiting]

    def arrived(self, cursors: Mapping[int, int]) -> None:
        """The strands are complete up to here."""
        for partition, waiting in self.partitions.items():
            while waiting and waiting[0].upto <= cursors.get(partition, -1):
                waiting.popleft()

    def lost(self, asked: Sequence[tuple[int, InFlightBatch]], standing: Sequence[bool]) -> bool:
        """Whether one that was asked for was not in the queue, and is not stored by now either."""
        waiting = {id(shipped) for _, shipped in self.oldest()}
        return any(
            not stands and id(shipped) in waiting
            for (_, shipped), stands in zip(asked, standing, strict=True)
        )

    def clear(self) -> None:
        """Nothing is on the way any longer."""
        self.partitions.clear()


class BatchProducer:
    """Puts hauls into the queue and looks after them."""

    def __init__(self, queue: BatchQueue, database: Database, *, chain: str, max_bytes: int) -> None:
        self.lost = False
        """Something on the way was lost; see `again_from`."""
        self.away = False
        """The queue did not answer when it was last asked."""
        self.progress: ChainProgress | None = None
        """How far the chain has come, by who reads it; None: blind spells are not noticed."""
        self.processors = 0
        """How many were there at the last look."""
        self.size = QueueSize(batches=0, size_bytes=0)
        """At the last look, and what was put since."""
        self._queue = queue
        self._database = database
        self._chain = chain
        self._most = max_bytes
        self._in_flight = InFlightTable()
        self._followed: int | None = None
        self._read: list[int] = []
        self._renewed = float("-inf")
        self._looked = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether enough waits for processors."""
        return self.size.size_bytes >= self._most or self.size.batches >= MAX_BATCHES

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest haul that is on the way."""
        oldest = min((shipped.at for _, shipped in self._in_flight.oldest()), default=None)
        return 0.0 if oldest is None else monotonic() - oldest

    @property
    def told(self) -> str:
        """How it is, for operators."""
        if self.away:
            return "the queue is away, so nothing waits in it"
        mib = self.size.size_bytes / (1 << 20)
        return f"{self.size.batches:,} hauls wait, {mib:.1f} MiB, for {self.processors} processors"

    async def ship(self, batches: Sequence[TransactionBatch]) -> None:
        """Put hauls into the queue.

        Raises:
            QueueUnavailable: Redis does not answer; some may have been put, and may be put again.
        """
        try:
            entries = await self._queue.put(batches)
        except QueueUnavailable:
            self.lost = self.away = True
            raise
        now = monotonic()
        for batch, entry in zip(batches, entries, strict=True):
            if batch.upto is not None:
                self._in_flight.note(batch.partition, InFlightBatch(entry=entry, upto=batch.upto, at=now))
        added = sum(len(transactions.raw) for batch in batches for transactions in batch.transactions)
        self.size = QueueSize(
            batches=self.size.batches + len(batches), size_bytes=self.size.size_bytes + added
        )

    async def again_from(self, slot: int) -> int:
        """Where to read on after a loss: up to there everything is stored; `slot` if no strand ever began.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        cursors = await partition_cursors(self._database, chain=self._chain, feed=FEED)
        self._in_flight.clear()
        self.lost = False
        return min(cursors.values()) if cursors.keys() == ALL_PARTITIONS else slot

    async def room(self, seconds: float) -> bool:
        """Wait until there is room in the queue, but no longer than this; whether there is."""
        ends = monotonic() + seconds
        while self.full and not (self.lost or self.away) and (left := ends - monotonic()) > 0:
            await self._next_look(left)
        return not self.full

    async def run(self) -> None:
        """Look after what is on the way, for ever."""
        while True:
            try:
                await self.follow()
                await self.look()
                self.away = False
            except QueueUnavailable as error:
                log.warning("The queue to processors is away, so their work is done here: %s", error)
                self.lost = self.away = True
            except Unavailable as error:
                log.warning("It is not known what has arrived: %s", error)
            await asyncio.sleep(AWAY_SECONDS if self.away else LOOK_SECONDS)

    async def follow(self) -> None:
        """Let the cursor of all wallets follow the strands.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        cursors = await partition_cursors(self._database, chain=self._chain, feed=FEED)
        lowest = min(cursors.values(), default=None)
        if lowest is not None and lowest != self._followed:
            await follow_partitions(
                self._database, chain=self._chain, feed=FEED, upto=lowest, progress=self._progress(lowest)
            )
            self._followed = lowest

    def _progress(self, upto: int) -> ChainProgress | None:
        """How far the chain has come, and which of the blocks that were read are stored by now."""
        if self.progress is None:
            return None
        stored = [slot for slot in self._read if slot <= upto]
        self._read = [slot for slot in self._read if slot > upto]
        return replace(self.progress, blocks=stored)

    def read(self, slots: Sequence[int], progress: ChainProgress | None) -> None:
        """These blocks were read, and the chain has come so far."""
        self._read = [*self._read, *slots][-MAX_BATCHES:]
        self.progress = progress

    async def look(self) -> None:
        """What has arrived, what was lost, and how much waits.

        Raises:
            Unavailable: a server does not answer.
        """
        asked = self._in_flight.oldest()
        standing = await self._queue.standing([(partition, one.entry) for partition, one in asked])
        # The cursors are read after the queue: a haul leaves the queue after it was stored.
        self._in_flight.arrived(await partition_cursors(self._database, chain=self._chain, feed=FEED))
        if self._in_flight.lost(asked, standing) and not self.lost:
            log.warning("Hauls were lost on the way; the chain is read again from the cursor")
            batch_losses.inc()
            self.lost = True
        self.size = await self._queue.size()
        if monotonic() - self._renewed > RENEW_SECONDS:
            await self._queue.renew()
            self._renewed = monotonic()
        self.processors = await count_members(
            self._database, chain=self._chain, role=MemberRole.PROCESSOR, seconds=SILENT_SECONDS
        )
        self._measure()

    def _measure(self) -> None:
        batch_queue_entries.set(self.size.batches)
        batch_queue_bytes.set(self.size.size_bytes)
        batch_oldest_seconds.set(self.oldest_seconds)
        self._looked.set()
        self._looked = asyncio.Event()

    async def _next_look(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._looked.wait()
        except TimeoutError:
            return
