"""Reads fetched blocks, and decides what happens to those that cannot be read."""

from domain.errors import Undecodable
from scanner.commit.decoder import storable
from scanner.commit.sink import BlockContent, CommitSink
from scanner.reconcile.continuity import NO_PARENT
from scanner.reconcile.slot_result import FetchedBlock
from storage.ingest.activities import QuarantinedTransaction

TRIES = 3
"""How often a block that cannot be read is fetched; the fault may have been the node's."""


class BlockReader:
    """Reads blocks by the sink, and remembers which of them were unreadable how often."""

    def __init__(self, sink: CommitSink) -> None:
        self._sink = sink
        self._failures: dict[int, int] = {}

    def read(self, fetched: FetchedBlock) -> BlockContent | None:
        """The block; None: it is to be fetched again. After some tries it is quarantined as a whole."""
        try:
            block = self._sink.read(fetched.slot, fetched.raw)
        except Undecodable as error:
            return self._retry_or_quarantine(fetched, str(error))
        self._failures.pop(fetched.slot, None)
        return block

    def _retry_or_quarantine(self, fetched: FetchedBlock, reason: str) -> BlockContent | None:
        failures = self._failures.pop(fetched.slot, 0) + 1
        if failures < TRIES:
            self._failures[fetched.slot] = failures
            return None
        whole = QuarantinedTransaction(
            slot=fetched.slot,
            position=-1,
            signature=None,
            reason=storable(f"whole block: {reason}"),
            raw=bytes(fetched.raw),
        )
        return BlockContent(slot=fetched.slot, parent_slot=NO_PARENT, quarantined=(whole,))
