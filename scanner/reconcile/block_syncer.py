"""Advances a sync state by whole blocks: reads the next slots, and commits those that are covered.

A cursor moves only in the transaction that stores what it covers, and only over covered slots
(`block_reader.py`). A block is read with a set of wallets that was loaded after the block was fetched, so a
wallet whose /watch was answered before a block was produced is never missed in it.
"""

import logging
from collections.abc import Iterator, Sequence

from runtime.observability.metrics import ingest_gap_backfilled
from scanner.commit.sink import BlockContent, CommitSink, SyncedSlots
from scanner.reconcile.block_comparison import BlockComparison
from scanner.reconcile.block_fetcher import BlockBuffer, FetchedBlock, MissingBlock, SlotResult
from scanner.reconcile.block_reader import BlockReader, NextSlots, covered_slots
from scanner.reconcile.sync_state import SyncState
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import QuarantinedTransaction

log = logging.getLogger(__name__)


class BlockSyncer:
    """Reads blocks; several states may be at different places."""

    name = "blocks"
    pause_seconds = 0.0

    def __init__(
        self,
        sink: CommitSink,
        next_slots: NextSlots,
        buffer: BlockBuffer,
        watchlist: Watchlist,
        *,
        blind_seconds: float | None,
        block_comparison: BlockComparison | None = None,
    ) -> None:
        """Create it.

        Args:
            sink: reads and commits blocks.
            next_slots: finds out what the next slots hold.
            buffer: forgets the pushed blocks that are stored.
            watchlist: is caught up before each block is read.
            blind_seconds: see `SyncConfig`.
            block_comparison: compares with other nodes what is committed here; None: there is one node.
        """
        self._sink = sink
        self._next_slots = next_slots
        self._buffer = buffer
        self._watchlist = watchlist
        self._blind_seconds = blind_seconds
        self._block_comparison = block_comparison
        self._reader = BlockReader(sink, suspect=block_comparison.suspect if block_comparison else None)

    def is_due(self, state: SyncState) -> bool:  # noqa: ARG002 - a syncer by blocks never rests
        """Always: blocks are read as they come."""
        return True

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Read the next slots up to `head` and commit what is covered; by how many slots the cursor moved.

        Args:
            state: is changed as slots are stored.
            head: the newest slot.
            asked: when that was known, by the monotonic clock.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        resumed = await self._sink.resume_at(state.cursor)
        if resumed is None:
            return 0
        state.cursor, state.head, state.asked = resumed, head, asked
        if head <= resumed:
            return 0
        refetched = await self._next_slots.refetch_disputed(resumed)
        results = await self._next_slots.after_cursor(state, head)
        await self._watchlist.catch_up()
        if state.keep(self._watchlist.served):  # no wait between this and the reading
            await self._commit_covered(state, results, refetched)
            self._buffer.drop_up_to(state.cursor)
        return state.cursor - resumed

    async def _commit_covered(
        self, state: SyncState, results: Sequence[SlotResult], refetched: Sequence[FetchedBlock]
    ) -> None:
        cursor = state.cursor
        blocks = [block for result in results for block in self._read(state, result)]
        covered = covered_slots(cursor, results, {block.slot: block.parent_slot for block in blocks})
        if covered.upto > cursor:
            blocks += [block for result in refetched for block in self._read(state, result)]
            committed = [one for one in blocks if one.slot <= covered.upto]
            await self._commit(state, covered.upto, committed)
            if self._block_comparison is not None:
                self._block_comparison.committed(committed)
            state.newest_read = max((one.slot, one.block_time or 0) for one in blocks)
            for slot in [slot for slot in self._buffer.disputed if slot <= cursor]:
                self._buffer.resolve(slot)
        first = results[0]
        if covered.upto == cursor and isinstance(first, MissingBlock) and first.kept_from is not None:
            await self._pass_forgotten(state, first.slot, first.kept_from)
        elif covered.missing is not None:
            await self._wait_for(state, covered.upto + 1, covered.missing)

    def _read(self, state: SyncState, result: SlotResult) -> Iterator[BlockContent]:
        if isinstance(result, MissingBlock):
            return
        block = self._reader.read(result)
        if block is not None:
            yield block
        else:
            self._buffer.discard(result.slot)
            state.missing.note_bad_answer(result.slot)

    async def _wait_for(self, state: SyncState, first: int, missing: MissingBlock) -> None:
        """A block that exists is missing: ask others for it, and in the end quarantine it, visibly.

        With it goes what lies between it and `first`, of which nothing is proven.
        """
        if missing.reported_by:
            log.warning(
                "Slot %d is called skipped by %s, yet it has a block", missing.slot, missing.reported_by
            )
        if state.missing.note(missing.slot, denied_by=missing.reported_by):
            await self._quarantine(state, first, missing.slot)

    async def _pass_forgotten(self, state: SyncState, slot: int, kept_from: int) -> None:
        """No provider keeps the slot any longer: in the end continue with what they still keep."""
        if state.missing.note(slot):
            await self._quarantine(state, slot, max(slot, min(kept_from - 1, state.head)))

    async def _quarantine(self, state: SyncState, first: int, last: int) -> None:
        reason = f"no provider gives the blocks of slots {first} to {last}"
        log.error("Quarantined: %s", reason)
        unread = QuarantinedTransaction(
            slot=first, last_slot=last, position=-1, signature=None, reason=reason, raw=b""
        )
        await self._commit(state, last, (), quarantined=(unread,))

    async def _commit(
        self,
        state: SyncState,
        upto: int,
        blocks: Sequence[BlockContent],
        *,
        quarantined: Sequence[QuarantinedTransaction] = (),
    ) -> None:
        slots = SyncedSlots(
            after=state.cursor,
            upto=upto,
            blocks=blocks,
            quarantined=quarantined,
            buckets=state.buckets,
            progress=state.progress(self._blind_seconds, [block.slot for block in blocks]),
        )
        ingest_gap_backfilled.inc(await self._sink.commit(slots))
        state.cursor = upto
        state.missing.covered(upto)
