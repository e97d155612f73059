"""Takes a walk along the chain some slots further: fetches, decodes, commits what is settled.

A cursor moves only in the transaction that stores what it covers, and only over slots that are settled
(`continuity.py`). A block is decoded with a set of wallets that was read after the block was fetched,
so a wallet whose /watch was answered before a block was produced is never missed in it.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.decoders.quote_mints import QUOTE_MINTS
from chain.rpc.pool import RpcPool
from domain.errors import NodeUnavailable
from runtime.observability.metrics import ingest_gap_backfilled
from scanner.commit.recorder import Recorder
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.block_fetcher import BlockFetcher, FetchedBlock, SlotResult
from scanner.reconcile.block_reader import BlockReader, ReadBlock
from scanner.reconcile.continuity import BlockSeen, Look, MissingBlock, covered_slots
from scanner.reconcile.missing_slots import MissingSlots
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch, QuarantinedTransaction
from storage.ingest.outages import ChainProgress

log = logging.getLogger(__name__)

FEED = "blocks"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConfig:
    """What to reconcile, and how fast."""

    chain: str
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Mints that prices are told in."""
    commitment: str = "confirmed"
    poll_seconds: float = 0.25
    """How often a new slot is asked for."""
    at_once: int = 8
    """Blocks that are fetched together; they are stored in their order."""
    per_second: float = 40.0
    """Blocks fetched at most, when far behind."""
    patience_seconds: float = 600.0
    """How long a block that no provider gives holds up all later ones, before it is put aside."""
    blind_seconds: float | None = None
    """A cursor that stood still for longer was blind, which chats are told; None: they are not."""


@dataclass(slots=True, kw_only=True)
class SyncState:
    """How far some wallets are complete."""

    cursor: int
    """Everything up to here is stored."""
    buckets: frozenset[int] | None = None
    """Of the wallets in these buckets; None: of all."""
    missing: MissingSlots
    width: int | None = None
    """Slots that are looked at together, fewer where nodes do not keep up; None: not tried yet."""
    rested: tuple[float, int] = (float("-inf"), 0)
    """When the last round ended, and how often streams had been opened then; for rounds of signatures."""
    head: int = 0
    """The newest slot known when it was last taken further."""
    asked: float = float("-inf")
    """When a node was asked for it, or a trusted stream told it, by the monotonic clock."""

    def progress(self, blind_seconds: float | None, blocks: Sequence[int] = ()) -> ChainProgress | None:
        """How far the chain has come, for who notices blind spells."""
        if blind_seconds is None:
            return None
        return ChainProgress(head=self.head, asked=self.asked, blind_seconds=blind_seconds, blocks=blocks)

    def keep(self, served: frozenset[int] | None) -> bool:
        """Drop what is not watched any more; whether anything is left to read for."""
        if self.buckets is None:
            return served is None
        if served is not None:
            self.buckets &= served
        return bool(self.buckets)


class Syncer(Protocol):
    """Takes walks further: by whole blocks (`BlockSyncer`), or by lists of signatures."""

    @property
    def name(self) -> str:
        """What it reads, for operators."""

    @property
    def pause_seconds(self) -> float:
        """How long a walk may rest although there is something new."""

    def is_due(self, walk: SyncState) -> bool:
        """Whether it would go on now, if there were something new."""

    def walk(self, cursor: int, buckets: frozenset[int] | None = None) -> SyncState:
        """A walk that begins after this slot."""

    async def advance(self, walk: SyncState, head: int, asked: float) -> int:
        """Go on towards `head`, known at `asked` (monotonic clock); by how many slots the cursor moved."""

    async def checkpoint(self, walk: SyncState) -> None:
        """Store where the walk stands, before anything was read."""


class BlockSyncer:
    """Takes walks further; several walks may be at different places."""

    name = "blocks"
    pause_seconds = 0.0

    def __init__(
        self,
        rpc: RpcPool,
        watched: Watchlist,
        recorder: Recorder,
        config: SyncConfig,
        told: BlockBuffer | None = None,
    ) -> None:
        self._rpc = rpc
        self._told = told or BlockBuffer()
        self._watched = watched
        self._recorder = recorder
        self._config = config
        self._fetcher = BlockFetcher(rpc, commitment=config.commitment)
        self._reader = BlockReader(watched.index, chain=config.chain, quote_mints=config.quote_mints)

    def walk(self, cursor: int, buckets: frozenset[int] | None = None) -> SyncState:
        """A walk that begins after this slot."""
        missing = MissingSlots(self._rpc.names, patience=self._config.patience_seconds)
        return SyncState(cursor=cursor, buckets=buckets, missing=missing)

    def is_due(self, walk: SyncState) -> bool:  # noqa: ARG002 - a walk by blocks never rests
        """Always: blocks are read as they come."""
        return True

    async def advance(self, walk: SyncState, head: int, asked: float) -> int:
        """Look at the next slots up to `head` and store what is settled; by how many slots the cursor moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        before, walk.head, walk.asked = walk.cursor, head, asked
        if head <= before:
            return 0
        again = await self._told_in_two_ways(before)
        found = await self._look(walk, head)
        await self._watched.catch_up()
        if walk.keep(self._watched.served):  # no wait between this and the decoding
            await self._store_settled(walk, head, found, again)
            self._told.passed(walk.cursor)
        return walk.cursor - before

    async def checkpoint(self, walk: SyncState) -> None:
        """Store where the walk stands, before anything was read."""
        await self._commit(walk, walk.cursor, ())

    async def _look(self, walk: SyncState, head: int) -> list[SlotResult]:
        """The next slots: what streams told of them, else what nodes say."""
        told = self._told.after(walk.cursor, self._config.at_once)
        if not told:
            return await self._ask(walk, head)
        found: list[SlotResult] = []
        parent = told[0].parent_slot
        if parent > walk.cursor:  # a block that no stream told of
            found = await self._ask_for(walk, upto=parent)
            if found[-1].slot < parent:
                return found
        return [*found, *(FetchedBlock(slot=block.slot, raw=block.raw) for block in told)]

    async def _ask(self, walk: SyncState, head: int) -> list[SlotResult]:
        """The slots after the cursor; where they end without a block, the next one, which proves them."""
        found = await self._ask_for(walk, upto=head)
        last = found[-1]
        if isinstance(last, MissingBlock) and not isinstance(found[0], FetchedBlock):
            found += await self._beyond(last, head)
        return found

    async def _ask_for(self, walk: SyncState, *, upto: int) -> list[SlotResult]:
        """The slots after the cursor, a few of them."""
        width = walk.width or self._config.at_once
        slots = range(walk.cursor + 1, min(upto, walk.cursor + width) + 1)
        avoid = walk.missing.distrusted()
        found = list(await asyncio.gather(*(self._fetcher.at(slot, avoid=avoid) for slot in slots)))
        walk.width = max(1, width // 2) if _unanswered(found[0]) else min(self._config.at_once, width * 2)
        return found

    async def _told_in_two_ways(self, cursor: int) -> list[FetchedBlock]:
        """Blocks already passed of which streams told two versions: as nodes give them.

        Raises:
            NodeUnavailable: no node says what stands there.
        """
        found: list[FetchedBlock] = []
        for slot in [slot for slot in self._told.doubtful if slot <= cursor]:
            look = await self._fetcher.at(slot)
            if isinstance(look, FetchedBlock):
                found.append(look)
            elif not look.said_by and look.kept_from is None:
                raise NodeUnavailable(f"no node says which block of slot {slot} is right")
        return found

    async def _beyond(self, last: MissingBlock, head: int) -> list[SlotResult]:
        """The next block there is by a node's list, if possible another node's than the one that denied."""
        others = set(self._rpc.names) - {last.said_by}
        avoid = {last.said_by} if others else ()
        following = await self._fetcher.next_block(last.slot, head, avoid=avoid)
        if following is None:
            return []
        return [await self._fetcher.at(following, avoid=avoid)]

    async def _store_settled(
        self, walk: SyncState, head: int, found: Sequence[SlotResult], again: Sequence[FetchedBlock]
    ) -> None:
        cursor = walk.cursor
        blocks = [block for look in found if isinstance(look, FetchedBlock) for block in self._read(look)]
        settlement = covered_slots(cursor, _looks(found, blocks))
        if settlement.upto > cursor:
            blocks += [block for look in again for block in self._read(look)]
            await self._commit(walk, settlement.upto, [one for one in blocks if one.slot <= settlement.upto])
            self._settle_doubts(cursor)
        first = found[0]
        if settlement.upto == cursor and isinstance(first, MissingBlock) and first.kept_from is not None:
            await self._forgotten(walk, first.slot, max(first.slot, min(first.kept_from - 1, head)))
        elif settlement.missing is not None:
            await self._miss(walk, settlement.upto + 1, settlement.missing)

    def _settle_doubts(self, cursor: int) -> None:
        for slot in [slot for slot in self._told.doubtful if slot <= cursor]:
            self._told.settled(slot)

    def _read(self, fetched: FetchedBlock) -> Iterator[ReadBlock]:
        block = self._reader.read(fetched)
        if block is not None:
            yield block
        else:
            self._told.spoilt(fetched.slot)

    async def _commit(
        self,
        walk: SyncState,
        upto: int,
        blocks: Sequence[ReadBlock],
        aside: Sequence[QuarantinedTransaction] = (),
    ) -> None:
        batch = Batch(
            chain=self._config.chain,
            activities=[activity for block in blocks for activity in block.activities],
            quarantined=[*aside, *(quarantined for block in blocks for quarantined in block.quarantined)],
            feed=FEED,
            slot=upto,
            buckets=None if walk.buckets is None else sorted(walk.buckets),
            progress=walk.progress(self._config.blind_seconds, [block.slot for block in blocks]),
        )
        ingest_gap_backfilled.inc(await self._recorder.record(batch))
        walk.cursor = upto
        walk.missing.settled(upto)

    async def _miss(self, walk: SyncState, first: int, missing: MissingBlock) -> None:
        """A block that exists is not given to us: others are asked, in the end it is put aside, visibly.

        With it goes what lies between it and `first`, of which nothing is proven.
        """
        if missing.said_by:
            log.warning("Slot %d is called skipped by %s, yet it has a block", missing.slot, missing.said_by)
        if walk.missing.note(missing.slot, denied_by=missing.said_by):
            await self._put_aside(walk, first, missing.slot)

    async def _forgotten(self, walk: SyncState, slot: int, last: int) -> None:
        """No provider keeps the slot any longer; in the end we go on with what they still keep."""
        if walk.missing.note(slot):
            await self._put_aside(walk, slot, last)

    async def _put_aside(self, walk: SyncState, first: int, last: int) -> None:
        reason = f"no provider gives the blocks of slots {first} to {last}"
        log.error("Put aside: %s", reason)
        quarantined = QuarantinedTransaction(
            slot=first, last_slot=last, position=-1, signature=None, reason=reason, raw=b""
        )
        await self._commit(walk, last, (), aside=(quarantined,))


def _unanswered(found: SlotResult) -> bool:
    """Whether nobody said anything of the slot, as when too much was asked for at once."""
    return isinstance(found, MissingBlock) and not found.said_by and found.kept_from is None


def _looks(found: Sequence[SlotResult], blocks: Sequence[ReadBlock]) -> list[Look]:
    """What was found in the words of `covered_slots`; a block that is to be read again is not at hand."""
    parents = {block.slot: block.parent_slot for block in blocks}
    return [
        BlockSeen(slot=look.slot, parent_slot=parents[look.slot])
        if look.slot in parents
        else (look if isinstance(look, MissingBlock) else MissingBlock(slot=look.slot))
        for look in found
    ]
