"""Numbers that rise over restarts, so that what a database remembers of an earlier sandbox stays true.

The sandbox keeps nothing on disk. Slots and update ids therefore begin at what the clock says: a sandbox
started later begins later, as a real chain and a real Telegram would.
"""

_EPOCH = 1_767_225_600
"""2026-01-01, in unix seconds."""
_UPDATES_PER_SECOND = 100


def first_slot(now: float, slot_seconds: float) -> int:
    """The slot at which a chain with that pace stands at unix time `now`; at least 1."""
    return max(1, int((now - _EPOCH) / slot_seconds))


def first_update_id(now: float) -> int:
    """An update id above every one that an earlier sandbox can have used; at least 1."""
    return max(1, int(now - _EPOCH) * _UPDATES_PER_SECOND)
