"""Fetches blocks from nodes by slot, and buffers the blocks that streams push ahead of the cursor.

Asking for a slot gives its block, undecoded, or why there is none available.

A stream may leave out a block, repeat it, or push two blocks of one slot. So nothing rests on it: what is not
here is asked for, the chain of hashes is checked, and where pushed blocks differ a node decides.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from msgspec import Raw

from chain.rpc.blocks import Rpc, block, blocks_between
from chain.rpc.errors import NoHistory, Rejected, Skipped
from chain.stream.messages import PushedBlock
from domain.errors import NodeUnavailable
from runtime.clock import monotonic

log = logging.getLogger(__name__)
FIRST_RANGE = 1_000
MAX_RANGE = 500_000
"""Slots that are searched at once for the next block: few at first, then as many as a node allows."""
MAX_LISTS = 8
"""Lists that are asked for in one search; a chain never makes so many slots without a block."""
MAX_BLOCKS = 12
"""Blocks that are kept; of mainnet's size they are several MB each."""
MAX_BYTES = 48 << 20
"""Of the blocks that are kept."""
MAX_HASHES = 512
"""Slots whose pushed hash is remembered."""
FRESH_SECONDS = 2.0
"""A stream that pushed nothing for this long says nothing about how far the chain is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBlock:
    """A slot whose block is available, undecoded."""

    slot: int
    raw: Raw
    """As getBlock gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingBlock:
    """A slot whose block is not available, for whatever reason."""

    slot: int
    reported_by: str = ""
    """The provider that says there is none; empty: no provider says so."""
    kept_from: int | None = None
    """No provider keeps blocks older than this slot; None: no provider says so."""

    @property
    def is_unanswered(self) -> bool:
        """Whether no provider said anything of the slot, as when too much was asked for at once."""
        return not self.reported_by and self.kept_from is None


SlotResult = FetchedBlock | MissingBlock


class BlockFetcher:
    """Fetches blocks, and says of a slot without one what is known."""

    def __init__(self, rpc: Rpc, *, commitment: str) -> None:
        self._rpc = rpc
        self._commitment = commitment

    async def fetch(self, slot: int, *, avoid: Collection[str] = ()) -> SlotResult:
        """The block of this slot, or what is known instead; a provider in `avoid` is not asked."""
        try:
            raw = await block(self._rpc, slot, commitment=self._commitment, avoid=avoid)
        except Skipped as skipped:
            return MissingBlock(slot=slot, reported_by=skipped.provider)
        except NoHistory as history:
            return MissingBlock(slot=slot, kept_from=history.kept_from)
        except (NodeUnavailable, Rejected) as error:
            log.debug("Slot %d: %s", slot, error)
            return MissingBlock(slot=slot)
        if bytes(memoryview(raw)[:4]) == b"null":
            return MissingBlock(slot=slot)
        return FetchedBlock(slot=slot, raw=raw)

    async def next_block(self, after: int, upto: int, *, avoid: Collection[str] = ()) -> int | None:
        """The first slot that has a block by a node's list; None: none has, or no node gave a list.

        Args:
            after: the slot above which is searched.
            upto: the last slot of the search, itself included.
            avoid: names of providers that are not asked.
        """
        first, width = after + 1, FIRST_RANGE
        for _ in range(MAX_LISTS):
            if first > upto:
                break
            last = min(upto, first + width - 1)
            try:
                listed = await blocks_between(
                    self._rpc, first, last, commitment=self._commitment, avoid=avoid
                )
            except (NodeUnavailable, Rejected, Skipped) as error:
                log.debug("Slots %d to %d: %s", first, last, error)
                return None
            following = min(listed, default=None)
            if following is not None:
                return following
            first, width = last + 1, min(width * 10, MAX_RANGE)
        return None


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
        """The next blocks above `cursor` that are available and each the parent of the next."""
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
