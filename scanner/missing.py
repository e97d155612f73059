"""Slots whose block nobody has given us yet: who was asked, since when, and when to stop waiting."""

from collections.abc import Callable, Collection

from runtime.clock import monotonic
from runtime.metrics import ingest_gap_slots_open


class Missing:
    """Remembers each missing slot until it is settled."""

    def __init__(self, *, patience: float, clock: Callable[[], float] = monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._since: dict[int, float] = {}
        self._liars: dict[int, set[str]] = {}

    def liars(self, slot: int) -> Collection[str]:
        """Providers that are not worth asking about this slot for now."""
        return self._liars.get(slot, ())

    def note(self, slot: int, *, provider: str = "", providers: Collection[str] = ()) -> bool:
        """The slot is missing, and `provider` lacks it; once none of `providers` is left, all are asked anew.

        Returns:
            Whether this has lasted longer than our patience.
        """
        since = self._since.setdefault(slot, self._clock())
        liars = self._liars.setdefault(slot, set())
        liars.add(provider)
        if liars.issuperset(providers):
            liars.clear()
        ingest_gap_slots_open.set(len(self._since))
        return self._clock() - since > self._patience

    def settled(self, upto: int) -> None:
        """Every slot up to here is stored, put aside, or proven to have no block."""
        for slot in [slot for slot in self._since if slot <= upto]:
            del self._since[slot]
            self._liars.pop(slot, None)
        ingest_gap_slots_open.set(len(self._since))
