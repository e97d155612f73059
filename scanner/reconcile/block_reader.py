"""Reads fetched blocks, and decides what happens to those that cannot be read, or whose time cannot be."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from chain.rpc.slot_bound import MAX_AHEAD_SECONDS
from domain.errors import Undecodable
from runtime.clock import unix
from scanner.commit.decoder import storable
from scanner.commit.sink import BlockContent, CommitSink
from scanner.reconcile.continuity import NO_PARENT
from scanner.reconcile.slot_result import FetchedBlock
from storage.ingest.activities import QuarantinedTransaction

TRIES = 3
"""How often a block that cannot be read is fetched; the fault may have been the node's."""
MAX_BACK_SECONDS = 5
"""How far a block's time may lie before that of an earlier block."""


class BlockReader:
    """Reads blocks by the sink, and remembers which of them were no good how often."""

    def __init__(self, sink: CommitSink, clock: Callable[[], float] = unix) -> None:
        self._sink = sink
        self._clock = clock
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
        self._failures.pop(fetched.slot, None)
        if block.block_time is not None and block.slot > self._newest[0]:
            self._newest = block.slot, block.block_time
        return block

    def _has_possible_time(self, block: BlockContent) -> bool:
        """Whether its time is neither in the future nor before that of the block that was read before."""
        if block.block_time is None:
            return True
        slot, time = self._newest
        earliest = time - MAX_BACK_SECONDS if block.slot > slot else 0
        return earliest <= block.block_time <= self._clock() + MAX_AHEAD_SECONDS

    def _fails_again(self, slot: int) -> bool:
        """Count a failure; whether the block is to be fetched again."""
        failures = self._failures.pop(slot, 0) + 1
        if failures < TRIES:
            self._failures[slot] = failures
        return failures < TRIES

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
