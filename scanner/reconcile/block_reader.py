"""Reads the blocks after a cursor, and decides up to which slot everything is covered.

What a node says of a slot without a block proves nothing: "skipped" also means "missing on this node", and
"not available" is said forever of a slot whose fork has died. The chain itself proves it: a block names its
parent, so the slots between the two have no block. A slot counts as skipped only when a later block says so,
and a parent that no node gave us is a missing block. A block that cannot be read is fetched again, then
quarantined.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from chain.rpc.slot_bound import MAX_AHEAD_SECONDS
from domain.errors import NodeUnavailable, Undecodable
from runtime.clock import unix
from scanner.commit.committer import storable
from scanner.commit.sink import BlockContent, CommitSink
from scanner.reconcile.block_fetcher import BlockBuffer, BlockFetcher, FetchedBlock, MissingBlock, SlotResult
from scanner.reconcile.sync_state import SyncState
from storage.ingest.activities import QuarantinedTransaction

log = logging.getLogger(__name__)
NO_PARENT = -1
"""In the place of a parent slot that could not be read."""
MAX_BYTES = 48 << 20
"""Of the blocks that are asked for together, as large as the largest of those before."""
MAX_TRIES = 3
"""How often a block that cannot be read is fetched; the fault may have been the node's."""
MAX_HASHES = 512
"""Blocks whose hash is remembered."""
MAX_BACK_SECONDS = 5
"""How far a block's time may lie before that of an earlier block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSlots:
    """What is certain."""

    upto: int
    """Every slot up to here is available, or proven to have no block."""
    missing: MissingBlock | None = None
    """A slot that has a block, which no node gave us; None: none is known."""


def covered_slots(cursor: int, results: Sequence[SlotResult], parents: Mapping[int, int]) -> CoveredSlots:
    """Return how far the slots after `cursor` are covered.

    Slots may be left out: a block whose parent is not above the last covered slot covers all before it.

    Args:
        cursor: everything up to here is covered already.
        results: in the order of their slots.
        parents: the parent slot of each fetched block that could be read. `NO_PARENT`: the block is to be
            quarantined, so that it proves nothing of the slots before it. A fetched block that is not among
            these is to be fetched again, and counts as missing.
    """
    upto = cursor
    unproven: dict[int, MissingBlock] = {}
    for result in results:
        parent = parents.get(result.slot)
        if isinstance(result, MissingBlock):
            unproven[result.slot] = result
        elif parent is None or parent >= result.slot:  # no block follows itself
            unproven[result.slot] = MissingBlock(slot=result.slot)
        else:
            before = result.slot - 1 if parent == NO_PARENT else parent
            if before > upto:
                return CoveredSlots(upto=upto, missing=unproven.get(before) or MissingBlock(slot=before))
            unproven.clear()
            upto = result.slot
    return CoveredSlots(upto=upto)


class NextSlots:
    """Asks no node for what a stream has pushed."""

    def __init__(
        self,
        fetcher: BlockFetcher,
        buffer: BlockBuffer,
        *,
        providers: Sequence[str],
        max_at_once: int,
        distrusted: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Create it.

        Args:
            fetcher: asks the nodes.
            buffer: what streams pushed.
            providers: names of all nodes.
            max_at_once: slots that are asked for together.
            distrusted: nodes that others contradict, better not asked.
        """
        self._distrusted = distrusted
        self._fetcher = fetcher
        self._buffer = buffer
        self._providers = frozenset(providers)
        self._max_at_once = max_at_once

    async def after_cursor(self, state: SyncState, head: int) -> list[SlotResult]:
        """The next slots, in their order; never empty while the cursor is below `head`."""
        pushed = self._buffer.after(state.cursor, self._max_at_once)
        if not pushed:
            return await self._ask(state, head)
        results: list[SlotResult] = []
        parent = pushed[0].parent_slot
        if parent > state.cursor:  # a block that no stream pushed
            results = await self._fetch_some(state, upto=parent)
            if results[-1].slot < parent:
                return results
        return [*results, *(FetchedBlock(slot=block.slot, raw=block.raw) for block in pushed)]

    async def refetch_disputed(self, cursor: int) -> list[FetchedBlock]:
        """Blocks up to `cursor` of which streams pushed two versions, as nodes give them.

        Raises:
            NodeUnavailable: no node says what stands there.
        """
        found: list[FetchedBlock] = []
        for slot in [slot for slot in self._buffer.disputed if slot <= cursor]:
            result = await self._fetcher.fetch(slot)
            if isinstance(result, FetchedBlock):
                found.append(result)
            elif result.is_unanswered:
                raise NodeUnavailable(f"no node says which block of slot {slot} is right")
        return found

    async def _ask(self, state: SyncState, head: int) -> list[SlotResult]:
        """The slots after the cursor; where they end without a block, the next one, which proves them."""
        results = await self._fetch_some(state, upto=head)
        last = results[-1]
        if isinstance(last, MissingBlock) and not isinstance(results[0], FetchedBlock):
            results += await self._next_block(last, head)
        return results

    async def _fetch_some(self, state: SyncState, *, upto: int) -> list[SlotResult]:
        """Fetch a few slots after the cursor: fewer next time if no node answered, else more."""
        width = state.width or self._max_at_once
        slots = range(state.cursor + 1, min(upto, state.cursor + width) + 1)
        fetches = (self._fetcher.fetch(slot, avoid=self._avoided(state, slot)) for slot in slots)
        results = list(await asyncio.gather(*fetches))
        first = results[0]
        unanswered = isinstance(first, MissingBlock) and first.is_unanswered
        wider = min(self._max_at_once, width * 2, max(1, MAX_BYTES // _largest(results)))
        state.width = max(1, width // 2) if unanswered else wider
        return results

    def _avoided(self, state: SyncState, slot: int) -> Collection[str]:
        avoided = {*state.missing.avoided(slot), *self._distrusted()}
        return () if avoided.issuperset(self._providers) else avoided

    async def _next_block(self, last: MissingBlock, head: int) -> list[SlotResult]:
        """The next block by a node's list, if possible another node's than the one that denied `last`."""
        avoid = {last.reported_by} if self._providers - {last.reported_by} else ()
        following = await self._fetcher.next_block(last.slot, head, avoid=avoid)
        if following is None:
            return []
        return [await self._fetcher.fetch(following, avoid=avoid)]


def _largest(results: Sequence[SlotResult]) -> int:
    """Bytes of the largest block; 1 where there is none."""
    return max(
        (memoryview(result.raw).nbytes for result in results if isinstance(result, FetchedBlock)), default=1
    )


class BlockReader:
    """Reads blocks by the sink, and remembers which of them were no good how often."""

    def __init__(
        self,
        sink: CommitSink,
        clock: Callable[[], float] = unix,
        *,
        suspect: Callable[[int], None] | None = None,
    ) -> None:
        """Create it.

        Args:
            sink: reads blocks.
            clock: Unix seconds.
            suspect: called with the slot of a block whose hash the next one does not name, whoever gives it;
                None: there is one node, so that hashes are not compared.
        """
        self._sink = sink
        self._clock = clock
        self._suspect = suspect
        self._hashes: OrderedDict[int, str] = OrderedDict()
        self._failures: dict[int, int] = {}
        self._newest: tuple[int, int] = 0, 0
        """The highest slot whose time is known, and the time."""

    def read(self, fetched: FetchedBlock) -> BlockContent | None:
        """The block; None: it is to be fetched again.

        After some tries a block that cannot be read is quarantined as a whole, and one whose time cannot be
        is taken without its time.
        """
        try:
            block = self._sink.read(fetched.slot, fetched.raw)
        except Undecodable as error:
            return self._retry_or_quarantine(fetched, str(error))
        if not self._has_possible_time(block):
            return None if self._fails_again(fetched.slot) else _without_time(block)
        if self._suspect is not None:
            if not self._names_its_parent(block):
                if self._fails_again(fetched.slot):
                    return None
                log.warning("The block of slot %d names another parent than was read", block.slot)
                self._suspect(block.parent_slot)
            self._remember(block)
        self._failures.pop(fetched.slot, None)
        if block.block_time is not None and block.slot > self._newest[0]:
            self._newest = block.slot, block.block_time
        return block

    def _names_its_parent(self, block: BlockContent) -> bool:
        """Return whether it names the hash of the block before it, where both are known."""
        parent = self._hashes.get(block.parent_slot)
        return not (parent and block.previous_blockhash) or parent == block.previous_blockhash

    def _remember(self, block: BlockContent) -> None:
        self._hashes[block.slot] = block.blockhash
        if len(self._hashes) > MAX_HASHES:
            self._hashes.popitem(last=False)

    def _has_possible_time(self, block: BlockContent) -> bool:
        """Whether its time is neither in the future nor before that of the block that was read before."""
        if block.block_time is None:
            return True
        slot, time = self._newest
        earliest = time - MAX_BACK_SECONDS if block.slot > slot else 0
        return earliest <= block.block_time <= self._clock() + MAX_AHEAD_SECONDS

    def _fails_again(self, slot: int) -> bool:
        """Count a failure; return whether the block is to be fetched again."""
        failures = self._failures.pop(slot, 0) + 1
        if failures < MAX_TRIES:
            self._failures[slot] = failures
        return failures < MAX_TRIES

    def _retry_or_quarantine(self, fetched: FetchedBlock, reason: str) -> BlockContent | None:
        if self._fails_again(fetched.slot):
            return None
        whole = QuarantinedTransaction(
            slot=fetched.slot,
            position=-1,
            signature=None,
            reason=storable(f"whole block: {reason}"),
            raw=bytes(fetched.raw),
        )
        return BlockContent(slot=fetched.slot, parent_slot=NO_PARENT, quarantined=(whole,))


def _without_time(block: BlockContent) -> BlockContent:
    """The block as if the node had not said when it was made."""
    return replace(
        block,
        block_time=None,
        activities=tuple(structs.replace(one, block_time=None) for one in block.activities),
        transactions=tuple(structs.replace(one, block_time=None) for one in block.transactions),
        quarantined=tuple(replace(one, block_time=None) for one in block.quarantined),
    )
