"""How far wallets are complete, and what advances them: the state, the port of syncers, their settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scanner.reconcile.missing_slots import MissingSlots
from storage.ingest.outages import ChainProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConfig:
    """What to reconcile, and how fast."""

    chain: str
    commitment: str = "confirmed"
    poll_seconds: float = 0.25
    """How often a new slot is asked for."""
    max_at_once: int = 8
    """Blocks that are fetched together; they are stored in their order."""
    per_second: float = 40.0
    """Blocks fetched at most, when far behind."""
    every_seconds: float = 30.0
    """From one pass by signatures to the next; a stream that was opened anew brings the next one forward."""
    patience_seconds: float = 600.0
    """How long what no provider gives holds up all that is later, before it is quarantined."""
    blind_seconds: float | None = None
    """A cursor that stood still for longer was blind, and chats hear of the outage; None: they do not."""


@dataclass(slots=True, kw_only=True)
class SyncState:
    """How far some wallets are complete."""

    cursor: int
    """Everything up to here is stored."""
    buckets: frozenset[int] | None = None
    """Of the wallets in these buckets; None: of all."""
    missing: MissingSlots
    width: int | None = None
    """Slots that are asked for together, fewer where nodes do not keep up; None: not tried yet."""
    last_pass: tuple[float, int] = (float("-inf"), 0)
    """When the last pass by signatures ended, and how often streams had been opened then."""
    newest_read: tuple[int, int] = (0, 0)
    """The newest slot whose block was read, and the block's time in Unix seconds; 0: not known."""
    head: int = 0
    """The newest slot that was known when it was last advanced."""
    asked: float = float("-inf")
    """When a node named that slot, or a trusted stream pushed it, by the monotonic clock."""

    def progress(self, blind_seconds: float | None, blocks: Sequence[int] = ()) -> ChainProgress | None:
        """How far the chain has come, so that outages are noticed; None: they are not."""
        if blind_seconds is None:
            return None
        return ChainProgress(head=self.head, asked=self.asked, blind_seconds=blind_seconds, blocks=blocks)

    def keep(self, served: frozenset[int] | None) -> bool:
        """Drop the buckets that are not served any more; whether anything is left to read for."""
        if self.buckets is None:
            return served is None
        if served is not None:
            self.buckets &= served
        return bool(self.buckets)


class Syncer(Protocol):
    """Advances sync states: by whole blocks, or by lists of signatures."""

    @property
    def name(self) -> str:
        """What it reads, for operators."""

    @property
    def pause_seconds(self) -> float:
        """How long a state may rest although there is something new."""

    def is_due(self, state: SyncState) -> bool:
        """Whether it would advance now, if there were something new."""

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Advance towards `head`; by how many slots the cursor moved.

        Args:
            state: is changed as slots are stored.
            head: the newest slot.
            asked: when that was known, by the monotonic clock.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
