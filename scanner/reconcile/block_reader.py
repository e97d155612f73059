"""Reads fetched blocks: what the watched wallets did, and what could not be understood."""

from collections.abc import Container
from dataclasses import dataclass

from chain.blocks.block import DecodedBlock, block_activities
from chain.decoders.quote_mints import QUOTE_MINTS
from domain.activity.activity import Activity
from domain.errors import Undecodable
from scanner.reconcile.block_fetcher import FetchedBlock
from scanner.reconcile.continuity import NO_PARENT
from storage.ingest.activities import QuarantinedTransaction

MAX_REASON_LENGTH = 500
TRIES = 3
"""How often a block that cannot be read is fetched; the fault may have been the node's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBlock:
    """A block in our own words."""

    slot: int
    parent_slot: int
    """`NO_PARENT`: not even that could be read."""
    activities: tuple[Activity, ...] = ()
    quarantined: tuple[QuarantinedTransaction, ...] = ()


class BlockReader:
    """Reads blocks against the watched wallets, and remembers which of them were unreadable how often."""

    def __init__(
        self, watched: Container[str], *, chain: str, quote_mints: frozenset[str] = QUOTE_MINTS
    ) -> None:
        self._watched = watched
        self._chain = chain
        self._quote_mints = quote_mints
        self._failures: dict[int, int] = {}

    def read(self, fetched: FetchedBlock) -> ReadBlock | None:
        """The block; None: it is to be fetched again. After some tries it is put aside as a whole."""
        try:
            block = self.opened(fetched)
        except Undecodable as error:
            return self._again_or_aside(fetched, str(error))
        self._failures.pop(fetched.slot, None)
        return block

    def opened(self, fetched: FetchedBlock) -> ReadBlock:
        """The block as it is.

        Raises:
            Undecodable: as a whole it cannot be read.
        """
        outcome = block_activities(
            fetched.raw,
            slot=fetched.slot,
            chain=self._chain,
            watched=self._watched,
            quote_mints=self._quote_mints,
        )
        return ReadBlock(
            slot=fetched.slot,
            parent_slot=outcome.parent_slot,
            activities=tuple(outcome.activities),
            quarantined=quarantined_of(fetched.slot, outcome),
        )

    def _again_or_aside(self, fetched: FetchedBlock, reason: str) -> ReadBlock | None:
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
        return ReadBlock(slot=fetched.slot, parent_slot=NO_PARENT, quarantined=(whole,))


def quarantined_of(slot: int, outcome: DecodedBlock) -> tuple[QuarantinedTransaction, ...]:
    """What could not be understood. Its place in the block is not told; counting down keeps rows apart."""
    return tuple(
        QuarantinedTransaction(
            slot=slot,
            position=-2 - count,
            signature=storable(signature) if signature else None,
            reason=storable(reason),
            raw=raw,
            block_time=outcome.block_time,
        )
        for count, (signature, raw, reason) in enumerate(outcome.undecodable)
    )


def storable(text: str) -> str:
    """What PostgreSQL takes: without NUL and of a bounded length; the raw bytes are kept beside it."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_REASON_LENGTH]
