"""Asks the nodes for the blocks of slots."""

import logging
from collections.abc import Collection

from chain.rpc.blocks import Rpc, block, blocks_between
from chain.rpc.errors import NoHistory, Rejected, Skipped
from domain.errors import NodeUnavailable
from scanner.reconcile.slot_result import FetchedBlock, MissingBlock, SlotResult

log = logging.getLogger(__name__)

FIRST_RANGE = 1_000
MAX_RANGE = 500_000
"""Slots that are searched at once for the next block: few at first, then as many as a node allows."""
MAX_LISTS = 8
"""Lists that are asked for in one search; a chain never makes so many slots without a block."""


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
            return MissingBlock(slot=slot, said_by=skipped.provider)
        except NoHistory as history:
            return MissingBlock(slot=slot, kept_from=history.kept_from)
        except (NodeUnavailable, Rejected) as error:
            log.debug("Slot %d: %s", slot, error)
            return MissingBlock(slot=slot)
        if bytes(memoryview(raw)[:4]) == b"null":
            return MissingBlock(slot=slot)
        return FetchedBlock(slot=slot, raw=raw)

    async def next_block(self, after: int, upto: int, *, avoid: Collection[str] = ()) -> int | None:
        """The first slot above `after`, up to `upto`, that has a block by a node's list; None: none."""
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
