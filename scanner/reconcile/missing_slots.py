"""Slots whose block no node has given us yet: since when, when to stop waiting, and who denied them."""

from collections.abc import Callable, Collection, Sequence

from runtime.clock import monotonic
from runtime.observability.metrics import ingest_gap_slots_open

DISTRUST_SECONDS = 60.0


class MissingSlots:
    """Remembers each missing slot until it is covered, and for a while who called it skipped."""

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
        """Providers better not asked for the block of this slot: after a bad answer another one looks."""
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
            Whether this has lasted longer than our patience.
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
