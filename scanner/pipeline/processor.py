"""The processor: takes hauls from the queue, decodes them, stores them in the order of each strand.

A haul is dropped from the queue after the commit of what it holds. What makes a strand complete is committed
only where it connects to what is complete already; beyond a gap it is dropped, and the collector, who sees
that, reads the chain again from the cursor.
"""

import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Raw

from chain.blocks.block import signature_of
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from domain.transaction_batches import RawTransaction, TransactionBatch
from runtime.clock import monotonic
from runtime.observability.metrics import transaction_batches
from runtime.processes.backoff import Backoff
from runtime.processes.lifecycle import Stop
from scanner.commit.recorder import Recorder
from scanner.pipeline.partitions import Partitions
from scanner.reconcile.block_reader import storable
from scanner.reconcile.block_syncer import FEED
from storage.coordination.leases import Fence, Fenced
from storage.ingest.activities import Batch, QuarantinedTransaction
from storage.ingest.batch_queue import BatchQueue, QueuedBatch
from storage.ingest.partitions import PartitionMove, partition_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.5
"""How long the queue is listened to before a new look at what is ours."""
_BACKOFF = Backoff(first_wait=0.1, factor=2.0, max_wait=2.0)
_NEVER = -1


@dataclass(slots=True)
class Hold:
    """What hauls came to, to be committed together."""

    activities: list[Activity] = field(default_factory=list)
    quarantined: list[QuarantinedTransaction] = field(default_factory=list)
    moves: dict[int, PartitionMove] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.activities or self.quarantined or self.moves)


class Decoding:
    """Turns hauls into what is committed, and commits it."""

    def __init__(
        self, database: Database, recorder: Recorder, *, chain: str, quote_mints: frozenset[str] = QUOTE_MINTS
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._chain = chain
        self._quote_mints = quote_mints

    async def store(self, batches: Sequence[TransactionBatch], *, fences: Sequence[Fence] = ()) -> None:
        """Commit what these hold, each strand's in the order given, as far as it is new and connects.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is; say it again.
            Fenced: a strand is somebody else's; nothing is stored.
        """
        cursors: Mapping[int, int] = {}
        if any(batch.upto is not None for batch in batches):
            cursors = await partition_cursors(self._database, chain=self._chain, feed=FEED)
        hold = self._decoded(batches, dict(cursors))
        if hold:
            batch = Batch(
                chain=self._chain,
                activities=hold.activities,
                quarantined=hold.quarantined,
                feed=FEED,
                partitions=list(hold.moves.values()),
                fences=fences,
            )
            await self._recorder.record(batch)

    def _decoded(self, batches: Iterable[TransactionBatch], cursors: dict[int, int]) -> Hold:
        hold = Hold()
        for batch in batches:
            transaction_batches.labels(self._take(hold, batch, cursors)).inc()
        return hold

    def _take(self, hold: Hold, batch: TransactionBatch, cursors: dict[int, int]) -> str:
        """Add a haul to what is committed; what became of it."""
        if batch.upto is None or batch.after is None:
            self._add(hold, batch.transactions)
            return "pushed"
        cursor = cursors.get(batch.partition, _NEVER)
        if batch.upto <= cursor:
            return "known"
        if batch.after > cursor:
            return "gap"
        self._add(hold, batch.transactions)
        begun = hold.moves.get(batch.partition)
        after = batch.after if begun is None else begun.after
        hold.moves[batch.partition] = PartitionMove(partition=batch.partition, after=after, upto=batch.upto)
        cursors[batch.partition] = batch.upto
        return "stored"

    def _add(self, hold: Hold, transactions: Iterable[RawTransaction]) -> None:
        for one in transactions:
            try:
                hold.activities += self._activities(one)
            except Undecodable as error:
                if one.position is not None:  # it stands in a block
                    hold.quarantined.append(_quarantined(one, str(error)))
                else:
                    log.info("A notification is left to the reconciliation: %s", error)

    def _activities(self, one: RawTransaction) -> list[Activity]:
        transaction = read_transaction(
            one.raw, slot=one.slot, block_time=one.block_time, position=one.position
        )
        return activities(
            transaction, chain=self._chain, wallets=frozenset(one.wallets), quote_mints=self._quote_mints
        )


class Processor:
    """Works off the strands that are ours."""

    def __init__(self, queue: BatchQueue, decoding: Decoding, partitions: Partitions) -> None:
        self.partitions = partitions
        self.advanced = monotonic()
        """When it last stored something, or found nothing to store."""
        self._queue = queue
        self._decoding = decoding

    async def run(self, stop: Stop) -> None:
        """Work until the stop; what was begun then is finished. Servers that are away only cost time."""
        failures = 0
        while not stop.is_set():
            try:
                await self.step()
                failures = 0
            except Unavailable as error:
                if isinstance(error, Fenced):
                    self.partitions.fenced()
                failures += 1
                log.warning("Hauls wait: %s", error)
                await stop.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries

    async def step(self) -> int:
        """Take what waits, store it, drop it; how many hauls that were.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        held = self.partitions.held
        if not held:
            self.advanced = monotonic()
            await self.partitions.changed(WAIT_SECONDS)
            return 0
        taken = await self._queue.take(held, seconds=WAIT_SECONDS)
        if taken:
            await self._store(taken, held)
        self.advanced = monotonic()
        return len(taken)

    async def _store(self, taken: Sequence[QueuedBatch], held: Mapping[int, Fence]) -> None:
        batches = [one.batch for one in taken if one.batch is not None]
        transaction_batches.labels("unreadable").inc(len(taken) - len(batches))
        fences = [held[partition] for partition in sorted({one.partition for one in taken})]
        await self._decoding.store(batches, fences=fences)
        await self._queue.drop({one.partition: one.entry for one in taken})


def _quarantined(one: RawTransaction, reason: str) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=one.slot or 0,
        position=one.position if one.position is not None else _NEVER,
        signature=signature_of(Raw(one.raw)),
        reason=storable(reason),
        raw=one.raw,
        block_time=one.block_time,
    )
