"""Decodes transaction batches and commits them, as far as they are new and connect to what is complete."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Raw

from chain.blocks.block import signature_of
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.sharding import RawTransaction, TransactionBatch
from runtime.observability.metrics import transaction_batches
from scanner.commit.committer import Decoder, Recorder, storable
from scanner.commit.sink import FEED
from storage.coordination.leases import Fence
from storage.ingest.activities import Batch, QuarantinedTransaction
from storage.ingest.cursors import PartitionMove, begin_shards, partition_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)

_NEVER = -1


@dataclass(slots=True)
class DecodedBatches:
    """What several batches came to, to be committed together."""

    activities: list[Activity] = field(default_factory=list)
    pushed: list[Activity] = field(default_factory=list)
    """What nothing but a stream says."""
    quarantined: list[QuarantinedTransaction] = field(default_factory=list)
    moves: dict[int, PartitionMove] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.activities or self.quarantined or self.moves)


class BatchCommitter:
    """Turns batches into activities, alerts and cursors."""

    def __init__(
        self, database: Database, recorder: Recorder, decoder: Decoder, *, may_move: bool = False
    ) -> None:
        """Create it.

        Args:
            database: knows how far partitions are complete.
            recorder: commits.
            decoder: decodes.
            may_move: whether what streams push is not confirmed (COMMITMENT=processed).
        """
        self._may_move = may_move
        self._database = database
        self._recorder = recorder
        self._decoder = decoder

    async def commit(self, batches: Sequence[TransactionBatch], *, fences: Sequence[Fence] = ()) -> None:
        """Commit these, each partition's in the order given.

        Args:
            batches: what is known already, or lies beyond a gap, is left out.
            fences: the leases of the partitions, without which nothing is committed.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is; commit it again.
            Fenced: another processor has a partition; nothing is stored.
        """
        cursors: Mapping[int, int] = {}
        if any(batch.upto is not None for batch in batches):
            cursors = await partition_cursors(self._database, chain=self._decoder.chain, feed=FEED)
        decoded = self._decoded(batches, dict(cursors))
        if decoded.pushed:
            await self._recorder.record(
                Batch(
                    chain=self._decoder.chain,
                    activities=decoded.pushed,
                    provisional=True,
                    may_move=self._may_move,
                    fences=fences,
                )
            )
        if decoded:
            await self._recorder.record(
                Batch(
                    chain=self._decoder.chain,
                    activities=decoded.activities,
                    quarantined=decoded.quarantined,
                    feed=FEED,
                    partitions=list(decoded.moves.values()),
                    fences=fences,
                )
            )

    async def quarantine(self, quarantined: Sequence[QuarantinedTransaction]) -> None:
        """Store what cannot be read, before the slots that hold it are passed."""
        await self._recorder.record(Batch(chain=self._decoder.chain, quarantined=quarantined))

    async def begin(self, slot: int) -> None:
        """Let every partition begin at the stored cursor, or at `slot` if nothing was ever read."""
        await begin_shards(self._database, chain=self._decoder.chain, feed=FEED, slot=slot)

    def _decoded(self, batches: Iterable[TransactionBatch], cursors: dict[int, int]) -> DecodedBatches:
        decoded = DecodedBatches()
        for batch in batches:
            transaction_batches.labels(self._take(decoded, batch, cursors)).inc()
        return decoded

    def _take(self, decoded: DecodedBatches, batch: TransactionBatch, cursors: dict[int, int]) -> str:
        """Decode a batch if it connects; what became of it, for the metric."""
        if batch.upto is None or batch.after is None:
            for one in batch.transactions:
                self._decode(decoded, one, decoded.pushed if one.position is None else decoded.activities)
            return "pushed"
        cursor = cursors.get(batch.partition, _NEVER)
        if batch.upto <= cursor:
            return "known"
        if batch.after > cursor:
            return "gap"
        for one in batch.transactions:
            self._decode(decoded, one, decoded.activities)
        begun = decoded.moves.get(batch.partition)
        after = batch.after if begun is None else begun.after
        decoded.moves[batch.partition] = PartitionMove(
            partition=batch.partition, after=after, upto=batch.upto
        )
        cursors[batch.partition] = batch.upto
        return "stored"

    def _decode(self, decoded: DecodedBatches, one: RawTransaction, into: list[Activity]) -> None:
        try:
            into += self._activities(one)
        except Undecodable as error:
            if one.position is not None:  # it stands in a block
                decoded.quarantined.append(_quarantined(one, str(error)))
            else:
                log.info("A notification is left to the reconciliation: %s", error)

    def _activities(self, one: RawTransaction) -> list[Activity]:
        transaction = read_transaction(
            one.raw, slot=one.slot, block_time=one.block_time, position=one.position
        )
        return self._decoder.transaction(transaction, wallets=frozenset(one.wallets))


def _quarantined(one: RawTransaction, reason: str) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=one.slot or 0,
        position=one.position if one.position is not None else _NEVER,
        signature=signature_of(Raw(one.raw)),
        reason=storable(reason),
        raw=one.raw,
        block_time=one.block_time,
    )
