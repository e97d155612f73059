"""Checks whether known activities explain a change of a wallet's SOL between two readings. Pure.

An exact sum is not to be had: rent lies in accounts of its own, and wrapping turns SOL into a token. So only
a large change counts, and none that lies beside an activity whose effect on the plain SOL is not known.
"""

from collections.abc import Iterable

from domain.activity.activity import SOL, Activity, Kind
from domain.activity.amounts import SolReading

LARGE_LAMPORTS = 10_000_000_000
"""A change that is worth asking about; costs and rent are far below."""
LARGE_PART = 20
"""And at least one part in so many of what was there."""
_CLEAR = frozenset({Kind.BUY, Kind.SELL, Kind.SWAP, Kind.TRANSFER_IN, Kind.TRANSFER_OUT})
"""Kinds that say all that moved. Beside any other, wrapped or locked SOL may have come out of the plain."""


def is_large(before: SolReading, after: SolReading) -> bool:
    """Return whether the change is so large that an activity should explain it."""
    change = abs(after.lamports - before.lamports)
    return change >= LARGE_LAMPORTS and change * LARGE_PART >= before.lamports


def unexplained(before: SolReading, after: SolReading, activities: Iterable[Activity]) -> int | None:
    """The lamports that came (above zero) or went and that no activity shows; None: it is explained.

    Args:
        before: the earlier reading.
        after: the later one.
        activities: of the wallet, in the slots after the earlier up to the later one.
    """
    seen = list(activities)
    if any(one.kind not in _CLEAR for one in seen):
        return None
    left = after.lamports - before.lamports - sum(map(_moved, seen))
    return left if abs(left) >= LARGE_LAMPORTS else None


def _moved(activity: Activity) -> int:
    came = sum(leg.raw for leg in activity.received if leg.mint == SOL)
    went = sum(leg.raw for leg in activity.paid if leg.mint == SOL)
    return came - went - activity.fee - activity.rent
