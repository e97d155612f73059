"""Blocks that streams brought before they were asked for: the newest few, ahead of the walk.

A stream may leave out a block, repeat it, or tell two blocks of one slot. So nothing rests on it: what is not
here is asked for, the chain of hashes is followed, and of what was told in two ways a node is asked.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection

from chain.stream.messages import PushedBlock
from runtime.clock import monotonic

log = logging.getLogger(__name__)

KEPT = 12
"""Blocks that are kept at most; of mainnet's size they are several MB each."""
HASHES = 512
"""Slots of which we know what was told."""
FRESH_SECONDS = 2.0
"""A stream that told nothing for so long says nothing about how far the chain is."""


class BlockBuffer:
    """What was told, by slot."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._blocks: dict[int, PushedBlock] = {}
        self._hashes: OrderedDict[int, str] = OrderedDict()
        self._doubtful: set[int] = set()
        self._newest = 0
        self._heard = float("-inf")

    @property
    def head(self) -> int | None:
        """The newest slot that was told of; None: nothing was for a while."""
        return self._newest if self._clock() - self._heard < FRESH_SECONDS else None

    @property
    def doubtful(self) -> Collection[int]:
        """Slots of which two different blocks were told; each is to be asked for until `settled`."""
        return sorted(self._doubtful)

    def put(self, told: PushedBlock) -> None:
        """A stream brought this block."""
        self._heard = self._clock()
        known = self._hashes.get(told.slot)
        if known is not None:
            if known != told.blockhash:
                self._doubt(told.slot)
            return
        self._newest = max(self._newest, told.slot)
        self._hashes[told.slot] = told.blockhash
        self._blocks[told.slot] = told
        if self._hashes.get(told.parent_slot, told.previous_blockhash) != told.previous_blockhash:
            self._doubt(told.parent_slot)
        if len(self._hashes) > HASHES:
            self._hashes.popitem(last=False)
        while len(self._blocks) > KEPT:
            del self._blocks[min(self._blocks)]

    def after(self, cursor: int, most: int) -> list[PushedBlock]:
        """The next blocks above `cursor` that are at hand and each the parent of the next."""
        run: list[PushedBlock] = []
        for slot in sorted(slot for slot in self._blocks if slot > cursor)[:most]:
            told = self._blocks[slot]
            if run and told.parent_slot != run[-1].slot:
                break
            run.append(told)
        return run

    def passed(self, slot: int) -> None:
        """Blocks up to here are not needed any more."""
        for old in [old for old in self._blocks if old <= slot]:
            del self._blocks[old]

    def spoilt(self, slot: int) -> None:
        """The block that was told cannot be read; a node is to be asked."""
        self._blocks.pop(slot, None)

    def settled(self, slot: int) -> None:
        """A node was asked what stands in this slot, and that is stored."""
        self._doubtful.discard(slot)

    def _doubt(self, slot: int) -> None:
        if slot not in self._doubtful:
            log.warning("Of slot %d two different blocks were told; a node is asked", slot)
            self._doubtful.add(slot)
        self._blocks.pop(slot, None)
