"""Waits before another try double up to an end, and nobody's are in step."""

from hypothesis import given
from hypothesis import strategies as st

from domain.backoff import Backoff

_CHANCE = st.floats(0, 1)


@given(st.integers(1, 10_000), _CHANCE)
def test_a_wait_lies_between_half_its_ceiling_and_the_maximum(failures: int, chance: float) -> None:
    backoff = Backoff(first_wait=0.5, max_wait=30)
    wait = backoff.wait(failures, chance)
    assert backoff.ceiling(failures) / 2 <= wait <= backoff.ceiling(failures) <= 30


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(first_wait=1, factor=2, max_wait=10)
    assert [backoff.ceiling(failures) for failures in range(1, 6)] == [1, 2, 4, 8, 10]


def test_what_ran_long_counts_as_failing_for_the_first_time() -> None:
    backoff = Backoff(reset_after=60)
    assert backoff.count(7, ran_seconds=60) == 1
    assert backoff.count(7, ran_seconds=59) == 8
