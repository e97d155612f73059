"""Latencies as counts in buckets: minutes can be added up, and percentiles read from the sum. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

_FIRST = 0.1
_FACTOR = 1.3
BOUNDS = tuple(round(_FIRST * _FACTOR**step, 3) for step in range(42))
"""Upper ends of the buckets in seconds, up to an hour and more; what takes longer is in one more bucket."""
BUCKETS = len(BOUNDS) + 1


def added(*counts: Sequence[int]) -> tuple[int, ...]:
    """The sum of several histograms; an empty one adds nothing."""
    filled = [one for one in counts if one]
    return tuple(map(sum, zip(*filled, strict=True))) if filled else (0,) * BUCKETS


def percentile(counts: Sequence[int], share: float) -> float | None:
    """Seconds that a share of all did not exceed, by a straight line within its bucket; None: there are none.

    Args:
        counts: one for each bucket.
        share: from 0 to 1, as 0.95.
    """
    wanted = share * sum(counts)
    if not wanted:
        return None
    upto = list(accumulate(counts))
    number = next(index for index, total in enumerate(upto) if total >= wanted)
    if number == len(BOUNDS):
        return BOUNDS[-1]
    lower = BOUNDS[number - 1] if number else 0.0
    inside = (wanted - (upto[number] - counts[number])) / counts[number]
    return lower + inside * (BOUNDS[number] - lower)
