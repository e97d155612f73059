"""Finds out what the next slots after a cursor hold: from pushed blocks first, else from the nodes."""

import asyncio
from collections.abc import Sequence

from domain.errors import NodeUnavailable
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.block_fetcher import BlockFetcher
from scanner.reconcile.slot_result import FetchedBlock, MissingBlock, SlotResult
from scanner.reconcile.sync_state import SyncState

MAX_BYTES = 48 << 20
"""Of the blocks that are asked for together, as large as the largest of those before."""


class NextSlots:
    """Asks no node for what a stream has pushed."""

    def __init__(
        self, fetcher: BlockFetcher, buffer: BlockBuffer, *, providers: Sequence[str], max_at_once: int
    ) -> None:
        """Build it.

        Args:
            fetcher: asks the nodes.
            buffer: what streams pushed.
            providers: names of all nodes.
            max_at_once: slots that are asked for together.
        """
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
        fetches = (self._fetcher.fetch(slot, avoid=state.missing.avoided(slot)) for slot in slots)
        results = list(await asyncio.gather(*fetches))
        first = results[0]
        unanswered = isinstance(first, MissingBlock) and first.is_unanswered
        wider = min(self._max_at_once, width * 2, max(1, MAX_BYTES // _largest(results)))
        state.width = max(1, width // 2) if unanswered else wider
        return results

    async def _next_block(self, last: MissingBlock, head: int) -> list[SlotResult]:
        """The next block by a node's list, if possible another node's than the one that denied `last`."""
        avoid = {last.said_by} if self._providers - {last.said_by} else ()
        following = await self._fetcher.next_block(last.slot, head, avoid=avoid)
        if following is None:
            return []
        return [await self._fetcher.fetch(following, avoid=avoid)]


def _largest(results: Sequence[SlotResult]) -> int:
    """Bytes of the largest block; 1 where there is none."""
    return max(
        (memoryview(result.raw).nbytes for result in results if isinstance(result, FetchedBlock)), default=1
    )
