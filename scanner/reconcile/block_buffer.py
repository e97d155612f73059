"""Blocks that streams pushed before they were asked for: the newest few, ahead of the cursor.

A stream may leave out a block, repeat it, or push two blocks of one slot. So nothing rests on it: what is not
here is asked for, the chain of hashes is checked, and where pushed blocks differ a node decides.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection

from chain.stream.messages import PushedBlock
from runtime.clock import monotonic

log = logging.getLogger(__name__)

MAX_BLOCKS = 12
"""Blocks that are kept; of mainnet's size they are several MB each."""
MAX_BYTES = 48 << 20
"""Of the blocks that are kept."""
MAX_HASHES = 512
"""Slots whose pushed hash is remembered."""
FRESH_SECONDS = 2.0
"""A stream that pushed nothing for so long says nothing about how far the chain is."""


class BlockBuffer:
    """Pushed blocks by slot."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._blocks: dict[int, PushedBlock] = {}
        self._hashes: OrderedDict[int, str] = OrderedDict()
        self._disputed: set[int] = set()
        self._newest = 0
        self._pushed_at = float("-inf")

    @property
    def head(self) -> int | None:
        """The newest slot that was pushed; None: no block was pushed for a while."""
        return self._newest if self._clock() - self._pushed_at < FRESH_SECONDS else None

    @property
    def disputed(self) -> Collection[int]:
        """Slots of which two different blocks were pushed; each is to be fetched until `resolve`."""
        return sorted(self._disputed)

    def put(self, block: PushedBlock) -> None:
        """Keep a block that a stream pushed."""
        self._pushed_at = self._clock()
        known = self._hashes.get(block.slot)
        if known is not None:
            if known != block.blockhash:
                self._dispute(block.slot)
            return
        self._newest = max(self._newest, block.slot)
        self._hashes[block.slot] = block.blockhash
        self._blocks[block.slot] = block
        if self._hashes.get(block.parent_slot, block.previous_blockhash) != block.previous_blockhash:
            self._dispute(block.parent_slot)
        if len(self._hashes) > MAX_HASHES:
            self._hashes.popitem(last=False)
        while len(self._blocks) > MAX_BLOCKS or self._size() > MAX_BYTES:
            del self._blocks[min(self._blocks)]

    def _size(self) -> int:
        return sum(memoryview(kept.raw).nbytes for kept in self._blocks.values())

    def after(self, cursor: int, limit: int) -> list[PushedBlock]:
        """The next blocks above `cursor` that are at hand and each the parent of the next."""
        run: list[PushedBlock] = []
        for slot in sorted(slot for slot in self._blocks if slot > cursor)[:limit]:
            block = self._blocks[slot]
            if run and block.parent_slot != run[-1].slot:
                break
            run.append(block)
        return run

    def drop_up_to(self, slot: int) -> None:
        """Drop the blocks up to here: they are stored."""
        for old in [old for old in self._blocks if old <= slot]:
            del self._blocks[old]

    def drop_from(self, slot: int) -> None:
        """Drop the blocks from here on: no node confirms that the chain has come so far."""
        for high in [high for high in self._blocks if high >= slot]:
            del self._blocks[high]
        self._newest = max(self._blocks, default=0)
        if not self._blocks:
            self._pushed_at = float("-inf")

    def discard(self, slot: int) -> None:
        """Drop a pushed block that cannot be read; a node is to be asked."""
        self._blocks.pop(slot, None)

    def resolve(self, slot: int) -> None:
        """A node was asked what stands in this slot, and that is stored."""
        self._disputed.discard(slot)

    def _dispute(self, slot: int) -> None:
        if slot not in self._disputed:
            log.warning("Two different blocks of slot %d were pushed; a node is asked", slot)
            self._disputed.add(slot)
        self._blocks.pop(slot, None)
