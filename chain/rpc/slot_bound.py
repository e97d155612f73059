"""The highest slot that the chain can have come to, by the clock: what a node names above it is refused.

The pace of slots is not constant (400 ms once, 250 and less now), so the bound is generous. It refuses what
is absurd, such as 2^62; whether a slot below it is true, blocks show (`scanner/reconcile/chain_head.py`).
"""

from collections.abc import Callable

from runtime.clock import unix

MIN_SLOT_SECONDS = 0.15
"""No chain is faster."""
MARGIN_SLOTS = 10_000
"""Above what the clock allows since the newest block whose time is known."""
FIRST_CHAIN_BEGAN = 1_584_316_800
"""16 March 2020, the genesis of Solana's mainnet; no chain of its kind is older."""
NEAR_MARGIN_SLOTS = 64
"""The same, of what is said to have happened already."""
MAX_AHEAD_SECONDS = 900
"""How far a block's time may be ahead of our clock, which may be slow; fewer slots than `MARGIN_SLOTS`."""


class SlotBound:
    """Knows blocks with their times; without any, the age of the oldest chain bounds all."""

    def __init__(self, clock: Callable[[], float] = unix) -> None:
        self._clock = clock
        self._origin: float | None = None
        """Slots at the Unix time 0, by the block that allows the most."""
        self._newest: tuple[int, int] | None = None
        """The highest block whose time is known: slot and time."""

    @property
    def limit(self) -> int:
        """The highest slot that there can be now."""
        limit = int((self._clock() - FIRST_CHAIN_BEGAN) / MIN_SLOT_SECONDS) + MARGIN_SLOTS
        if self._origin is None:
            return limit
        return min(limit, int(self._origin + self._clock() / MIN_SLOT_SECONDS) + MARGIN_SLOTS)

    def note(self, slot: int, block_time: int | None) -> None:
        """A block of this slot was read; its time counts unless it lies in the future."""
        if block_time is None or not self.is_past(block_time):
            return
        origin = slot - block_time / MIN_SLOT_SECONDS
        self._origin = origin if self._origin is None else max(self._origin, origin)
        self._newest = max(self._newest or (0, 0), (slot, block_time))

    def is_ahead(self, slot: int) -> bool:
        """Return whether the chain cannot have come to this slot yet, by the newest block that was read."""
        if self._newest is None:
            return slot > self.limit
        newest, time = self._newest
        return slot > newest + max(0.0, self._clock() - time) / MIN_SLOT_SECONDS + NEAR_MARGIN_SLOTS

    def is_past(self, block_time: int) -> bool:
        """Return whether a block may have this time, in Unix seconds, by our clock."""
        return block_time <= self._clock() + MAX_AHEAD_SECONDS
