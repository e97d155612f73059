"""Looks at slots: fetches their blocks, or says that they are not to be had."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from chain.rpc_errors import NoHistory, Rejected, Skipped
from chain.rpc_reads import Rpc, block, blocks_between
from domain.errors import NodeUnavailable
from scanner.continuity import Absent

log = logging.getLogger(__name__)

FURTHEST = 10_000
"""Slots that are searched at once for the next block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFetched:
    """A slot's block, undecoded."""

    slot: int
    raw: msgspec.Raw


Found = BlockFetched | Absent


class Looking:
    """Asks the nodes about slots."""

    def __init__(self, rpc: Rpc, *, commitment: str) -> None:
        self._rpc = rpc
        self._commitment = commitment

    async def at(self, slot: int, *, avoid: Collection[str] = ()) -> Found:
        """What there is in this slot; a provider in `avoid` is not asked."""
        try:
            raw = await block(self._rpc, slot, commitment=self._commitment, avoid=avoid)
        except Skipped as said:
            return Absent(slot=slot, said_by=said.provider)
        except NoHistory as said:
            return Absent(slot=slot, kept_from=said.kept_from)
        except (NodeUnavailable, Rejected) as error:
            log.debug("Slot %d: %s", slot, error)
            return Absent(slot=slot)
        return (
            Absent(slot=slot) if bytes(memoryview(raw)[:4]) == b"null" else BlockFetched(slot=slot, raw=raw)
        )

    async def next_block(self, after: int, upto: int, *, avoid: Collection[str] = ()) -> int | None:
        """The first slot above `after`, up to `upto`, that has a block by a node's list; None: none."""
        last = min(upto, after + FURTHEST)
        if last <= after:
            return None
        try:
            listed = await blocks_between(
                self._rpc, after + 1, last, commitment=self._commitment, avoid=avoid
            )
        except (NodeUnavailable, Rejected, Skipped) as error:
            log.debug("Slots %d to %d: %s", after + 1, last, error)
            return None
        return min((slot for slot in listed if after < slot <= last), default=None)
