"""The sync state of a set of wallets, the port of syncers, and their settings.

Part of the state are the slots whose block no node has given us yet: since when, when to stop waiting, who
denied them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from runtime.clock import monotonic
from runtime.observability.metrics import ingest_gap_slots_open
from storage.ingest.outages import ChainProgress

DISTRUST_SECONDS = 60.0


class MissingSlots:
    """Remembers each missing slot until it is covered, and for a while who called it skipped.

    Args:
        providers: names of all that may be asked; with one alone, it is never avoided.
        patience: seconds for which a slot may be missing before it is given up.
        clock: gives seconds; monotonic.
    """

    def __init__(
        self, providers: Sequence[str], *, patience: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._providers = tuple(providers)
        self._patience = patience
        self._clock = clock
        self._since: dict[int, float] = {}
        self._distrusted_until: dict[str, float] = {}
        self._bad_answers: dict[int, int] = {}

    def distrusted(self) -> Collection[str]:
        """Providers that are better not asked for blocks; empty if that would leave none."""
        now = self._clock()
        found = {name for name, until in self._distrusted_until.items() if until > now}
        return () if found.issuperset(self._providers) else found

    def avoided(self, slot: int) -> Collection[str]:
        """Providers better not asked for the block of this slot: after a bad answer another one check."""
        found = self.distrusted()
        if bad := self._bad_answers.get(slot, 0):
            found = {*found, self._providers[(bad - 1) % len(self._providers)]}
        return () if {*found}.issuperset(self._providers) else found

    def note_bad_answer(self, slot: int) -> None:
        """Remember that what a provider gave for this slot was of no use."""
        self._bad_answers[slot] = self._bad_answers.get(slot, 0) + 1

    def note(self, slot: int, *, denied_by: str = "") -> bool:
        """Remember that the block of this slot is missing.

        Args:
            slot: it has a block.
            denied_by: the provider that says it has none.

        Returns:
            Whether this has lasted longer than `patience`.
        """
        since = self._since.setdefault(slot, self._clock())
        if denied_by:
            self._distrusted_until[denied_by] = self._clock() + DISTRUST_SECONDS
        ingest_gap_slots_open.set(len(self._since))
        return self._clock() - since > self._patience

    def covered(self, upto: int) -> None:
        """Forget the slots up to here: each is stored, quarantined, or proven to have no block."""
        for slot in [slot for slot in self._since if slot <= upto]:
            del self._since[slot]
        for slot in [slot for slot in self._bad_answers if slot <= upto]:
            del self._bad_answers[slot]
        ingest_gap_slots_open.set(len(self._since))


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
    """From one pass by signatures to the next; a stream that was opened again brings the next one forward."""
    history_weight: float = 0.0
    """As how many requests one getTransactionsForAddress counts, by its price; 0: it is not asked for."""
    patience_seconds: float = 600.0
    """How long what no provider gives holds up all that is later, before it is quarantined."""
    blind_seconds: float | None = None
    """A cursor that stood still for longer was blind, and chats are notified; None: they are not."""


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
        """Return how far the chain has come, so that outages are noticed; None: they are not."""
        if blind_seconds is None:
            return None
        return ChainProgress(head=self.head, asked=self.asked, blind_seconds=blind_seconds, blocks=blocks)

    def keep(self, served: frozenset[int] | None) -> bool:
        """Drop the buckets that are not served any more; return whether anything is left to read for."""
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
        """Return whether it would advance now, if there were something new."""

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Advance towards `head`; return by how many slots the cursor moved.

        Args:
            state: is changed as slots are stored.
            head: the newest slot.
            asked: when that was known, by the monotonic clock.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
