"""Looks at slots: fetches their blocks, or says that they are not to be had."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from chain.rpc.blocks import Rpc, block, blocks_between
from chain.rpc.errors import NoHistory, Rejected, Skipped
from domain.errors import NodeUnavailable
from scanner.reconcile.continuity import MissingBlock

log = logging.getLogger(__name__)

FIRST_RANGE = 1_000
WIDEST_RANGE = 500_000
"""Slots that are searched at once for the next block: few at first, then as many as a node allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBlock:
    """A slot's block, undecoded."""

    slot: int
    raw: msgspec.Raw


SlotResult = FetchedBlock | MissingBlock


class BlockFetcher:
    """Asks the nodes about slots."""

    def __init__(self, rpc: Rpc, *, commitment: str) -> None:
        self._rpc = rpc
        self._commitment = commitment

    async def at(self, slot: int, *, avoid: Collection[str] = ()) -> SlotResult:
        """What there is in this slot; a provider in `avoid` is not asked."""
        try:
            raw = await block(self._rpc, slot, commitment=self._commitment, avoid=avoid)
        except Skipped as said:
            return MissingBlock(slot=slot, said_by=said.provider)
        except NoHistory as said:
            return MissingBlock(slot=slot, kept_from=said.kept_from)
        except (NodeUnavailable, Rejected) as error:
            log.debug("Slot %d: %s", slot, error)
            return MissingBlock(slot=slot)
        return (
            MissingBlock(slot=slot)
            if bytes(memoryview(raw)[:4]) == b"null"
            else FetchedBlock(slot=slot, raw=raw)
        )

    async def next_block(self, after: int, upto: int, *, avoid: Collection[str] = ()) -> int | None:
        """The first slot above `after`, up to `upto`, that has a block by a node's list; None: none."""
        first, width = after + 1, FIRST_RANGE
        while first <= upto:
            last = min(upto, first + width - 1)
            try:
                listed = await blocks_between(
                    self._rpc, first, last, commitment=self._commitment, avoid=avoid
                )
            except (NodeUnavailable, Rejected, Skipped) as error:
                log.debug("Slots %d to %d: %s", first, last, error)
                return None
            found = min((slot for slot in listed if first <= slot <= last), default=None)
            if found is not None:
                return found
            first, width = last + 1, min(width * 10, WIDEST_RANGE)
        return None
