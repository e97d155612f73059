"""Percentiles are read from counts in buckets, which add up."""

import pytest

from domain.latency import BOUNDS, BUCKETS, added, percentile


def of(*seconds: float) -> list[int]:
    """The counts of these latencies."""
    counts = [0] * BUCKETS
    for one in seconds:
        counts[sum(one >= bound for bound in BOUNDS)] += 1
    return counts


def test_nothing_has_no_percentile() -> None:
    assert percentile([0] * BUCKETS, 0.5) is None
    assert added() == (0,) * BUCKETS


@pytest.mark.parametrize("seconds", [0.4, 2.0, 15.0, 900.0])
def test_a_percentile_is_within_a_bucket_of_the_truth(seconds: float) -> None:
    found = percentile(of(*[seconds] * 100), 0.5)
    assert found == pytest.approx(seconds, rel=0.3)


def test_half_are_quick_and_a_twentieth_is_slow() -> None:
    counts = of(*[1.0] * 90, *[60.0] * 10)
    assert (percentile(counts, 0.5) or 0) < 1.5
    assert (percentile(counts, 0.95) or 0) == pytest.approx(60, rel=0.3)


def test_what_takes_longer_than_the_last_bound_is_shown_as_that() -> None:
    assert percentile(of(1e6), 0.95) == BOUNDS[-1]


def test_minutes_add_up() -> None:
    assert sum(added(of(1.0, 2.0), [], of(3.0))) == 3
