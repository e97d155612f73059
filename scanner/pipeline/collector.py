"""The commit sink of a collector: puts what was read into the queue, from which processors commit.

The state of the queue is part of the scanner's health.

A collector moves no cursor by reading: the cursors move when processors commit. While the queue is
unavailable, it does the processors' work itself.
"""

import logging
from collections.abc import Sequence

from msgspec import Raw

from chain.blocks.wallet_set import WatchedWallets
from chain.stream.messages import PushedTransaction
from domain.errors import QueueUnavailable, Undecodable
from domain.health import CheckResult, healthy, unhealthy
from domain.sharding import TransactionBatch
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from runtime.processes.health import Health
from scanner.commit.committer import Committer
from scanner.commit.sink import BlockContent, SyncedSlots
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.batching import batches_of, matched_content, pushed_batches
from scanner.pipeline.producer import BatchProducer

log = logging.getLogger(__name__)
ROOM_SECONDS = 5.0
"""How long a pass waits for room in the queue before the head of the chain is asked for again."""
STUCK_SECONDS = 60.0


class QueueSink:
    """Matches and produces; decoding and committing is left to processors."""

    def __init__(
        self,
        producer: BatchProducer,
        watched: WatchedWallets,
        committer: Committer,
        batch_committer: BatchCommitter,
    ) -> None:
        """Create it.

        Args:
            producer: puts batches into the queue.
            watched: whose transactions are wanted; the set changes as people follow wallets.
            committer: commits pushed transactions while the queue is unavailable.
            batch_committer: commits batches while the queue is unavailable.
        """
        self._producer = producer
        self._watched = watched
        self._committer = committer
        self._batch_committer = batch_committer
        self._begun = False

    async def checkpoint(self, slots: SyncedSlots) -> None:
        """Let every partition begin here."""
        await self._begin(slots.upto)

    async def resume_at(self, cursor: int) -> int | None:
        """After a loss, where every partition is complete; None while the queue is full."""
        if not self._begun:
            await self._begin(cursor)
        if self._producer.is_incomplete:
            return await self._producer.rewind(cursor)
        if not self._producer.away and not await self._producer.wait_for_room(ROOM_SECONDS):
            return None
        return cursor

    def read(self, slot: int, raw: Raw) -> BlockContent:
        """Take out what names watched wallets, undecoded."""
        return matched_content(slot, raw, self._watched)

    async def commit(self, slots: SyncedSlots) -> int:
        """Quarantine what cannot be read, then produce the rest; what alerts it brings is not known here."""
        quarantined = [*(bad for block in slots.blocks for bad in block.quarantined), *slots.quarantined]
        if quarantined:
            await self._batch_committer.quarantine(quarantined)
        self._producer.note_read([block.slot for block in slots.blocks], slots.progress)
        batches = list(batches_of(slots.blocks, after=slots.after, upto=slots.upto))
        if self._producer.away:
            await self._batch_committer.commit(batches)
        else:
            await self._producer.produce(batches)
        return 0

    async def commit_pushed(self, pushed: Sequence[PushedTransaction]) -> None:
        """Produce these; what finds no room is left to the reconciliation."""
        if self._producer.away:
            await self._committer.commit_pushed(pushed)
            return
        if self._producer.full:
            ingest_pushed_transactions_dropped.inc(len(pushed))
            return
        try:
            await self._producer.produce([batch for one in pushed for batch in self._batches(one)])
        except QueueUnavailable:
            await self._committer.commit_pushed(pushed)

    def _batches(self, pushed: PushedTransaction) -> list[TransactionBatch]:
        if pushed.agreed is not None and not self._committer.decoded(pushed):
            return []  # two nodes do not say the same
        try:
            return pushed_batches(pushed, self._watched)
        except Undecodable as error:
            log.info("A notification is left to the reconciliation: %s", error)
            return []

    async def _begin(self, slot: int) -> None:
        await self._batch_committer.begin(slot)
        self._begun = True


class CollectorHealth:
    """Adds the queue to what a scanner says of itself (`scanner.health.HealthPart`)."""

    def __init__(self, producer: BatchProducer) -> None:
        self._producer = producer

    def detail(self) -> dict[str, object]:
        """Return what the heartbeat says."""
        return {"stage": "collect", "queue": self._summary()}

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""
        health.add("processors", self._check_processors)

    async def _check_processors(self) -> CheckResult:
        producer = self._producer
        if not producer.processors and not producer.away:
            return unhealthy("no processor is there; start a scanner with SCANNER_STAGE=process")
        if producer.oldest_seconds > STUCK_SECONDS:
            return unhealthy(f"a batch waits for {producer.oldest_seconds:.0f} s")
        return healthy(self._summary())

    def _summary(self) -> str:
        """Return how the queue is, for operators."""
        if self._producer.away:
            return "the queue is away, so nothing waits in it"
        size = self._producer.size
        mib = size.size_bytes / (1 << 20)
        return f"{size.batches:,} batches wait, {mib:.1f} MiB, for {self._producer.processors} processors"
