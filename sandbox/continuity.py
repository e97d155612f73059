"""Numbers that rise over restarts, so that a database of an earlier sandbox stays consistent.

The sandbox keeps nothing on disk. Therefore slots and update ids begin at numbers that follow from the clock.
"""

_EPOCH = 1_767_225_600
"""2026-01-01, in unix seconds."""
_UPDATES_PER_SECOND = 100
MIN_SLOT_SECONDS = 0.2
"""A chain with shorter slots, as in tests, begins as one with these: no real chain has come further."""


def first_slot(now: float, slot_seconds: float) -> int:
    """The slot of a chain with that slot time at unix time `now`; at least 1."""
    return max(1, int((now - _EPOCH) / max(slot_seconds, MIN_SLOT_SECONDS)))


def first_update_id(now: float) -> int:
    """An update id above all that an earlier sandbox can have used; at least 1."""
    return max(1, int(now - _EPOCH) * _UPDATES_PER_SECOND)
