"""A rate and a budget, by a clock that the test moves."""

from hypothesis import given
from hypothesis import strategies as st

from chain.rpc.rate_budget import DAY_SECONDS, RateBudget


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@given(st.floats(0.5, 500), st.lists(st.floats(0, 0.3), max_size=200))
def test_no_second_sees_many_more_requests_than_the_rate(rate: float, gaps: list[float]) -> None:
    clock = Clock()
    budget, made = RateBudget(per_second=rate, per_day=0, clock=clock), list[float]()
    for gap in gaps:
        clock.now += gap
        if budget.wait == 0:
            budget.spend()
            made.append(clock.now)
    max_per_second = rate * 1.2 + 2
    assert all(sum(start <= other < start + 1 for other in made) <= max_per_second for start in made)


def test_the_wait_is_as_long_as_announced() -> None:
    clock = Clock()
    budget = RateBudget(per_second=2, per_day=0, clock=clock)
    budget.spend(3)
    wait = budget.wait
    assert 1.0 < wait <= 1.5
    clock.now += wait + 1e-6
    assert budget.wait == 0


def test_a_budget_that_is_spent_comes_back_after_a_day() -> None:
    clock = Clock()
    budget = RateBudget(per_second=0, per_day=3, clock=clock)
    budget.spend(3)
    assert budget.wait == DAY_SECONDS
    clock.now += DAY_SECONDS
    assert budget.wait == 0
    assert budget.spent == 0


def test_without_limits_nobody_waits() -> None:
    budget = RateBudget(per_second=0, per_day=0)
    for _ in range(1_000):
        budget.spend()
    assert budget.wait == 0
