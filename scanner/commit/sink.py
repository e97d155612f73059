"""The port between reading the chain and committing: what the live path and the syncers pass on.

Two stand behind it: `Committer` (`committer.py`) decodes and commits in this process; `QueueSink`
(`scanner/pipeline/collector.py`) produces to the queue from which processors commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Raw

from chain.stream.messages import PushedTransaction
from domain.activity.activity import Activity
from domain.sharding import RawTransaction
from storage.ingest.activities import QuarantinedTransaction
from storage.ingest.outages import ChainProgress

FEED = "blocks"
"""The feed whose cursor all syncers move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockContent:
    """The part of a block about watched wallets: decoded, or raw for a processor."""

    slot: int
    parent_slot: int
    blockhash: str = ""
    previous_blockhash: str = ""
    """Of the parent; empty: not known."""
    block_time: int | None = None
    """Unix seconds; None: not known."""
    activities: tuple[Activity, ...] = ()
    transactions: tuple[RawTransaction, ...] = ()
    """Not decoded yet, in the order of the block."""
    quarantined: tuple[QuarantinedTransaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedSlots:
    """What one sync pass read. With it, everything from `after` up to `upto` is complete."""

    after: int
    upto: int
    blocks: Sequence[BlockContent] = ()
    """Blocks up to `upto`; also earlier ones that were read again."""
    quarantined: Sequence[QuarantinedTransaction] = ()
    """Slots that no provider gives."""
    buckets: frozenset[int] | None = None
    """The buckets of wallets for which this was read; None: all wallets."""
    progress: ChainProgress | None = None
    """How far the chain has come, so that outages are noticed; None: they are not."""


class CommitSink(Protocol):
    """Receives what was read of the chain.

    A sync pass calls `resume_at`, then `read` for each block, then `commit`. The live path calls
    `commit_pushed` alone.
    """

    async def checkpoint(self, slots: SyncedSlots) -> None:
        """Store where a feed begins, before anything was read.

        Raises:
            DatabaseUnavailable: nothing is stored.
        """

    async def resume_at(self, cursor: int) -> int | None:
        """The slot after which to read on.

        Returns:
            `cursor`; an earlier slot, if something was lost after it was handed over; None, while the sink
            has no room.

        Raises:
            Unavailable: a server did not answer.
        """

    def read(self, slot: int, raw: Raw) -> BlockContent:
        """Read a block as getBlock gives it.

        Raises:
            Undecodable: the block as a whole cannot be read.
        """

    async def commit(self, slots: SyncedSlots) -> int:
        """Take what a sync pass read; return how many new alerts it brought, as far as that is known here.

        Raises:
            Unavailable: nothing is certain; commit it again.
        """

    async def commit_pushed(self, pushed: Sequence[PushedTransaction]) -> None:
        """Take transactions that streams pushed. What fails here is left to the reconciliation."""
