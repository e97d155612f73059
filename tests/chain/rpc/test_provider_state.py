"""What rests after which fault, and how long, by a clock that the test moves.
A rate and a budget, by a clock that the test moves.
What ails a provider, since when, and what to do about it.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.rpc.errors import MethodRefused, NodeFault, RateLimited, Refused, UnusableAnswer
from chain.rpc.provider_state import DAY_SECONDS, MAX_LIMITS, Cooldowns, RateBudget, Trouble

_BEGAN = datetime(2026, 11, 28, 13, 14, 50, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


REFUSED = MethodRefused("Method not found", provider="node", code=-32601)
LIMITED = RateLimited("HTTP 429", provider="node", retry_after=1.0)


def test_a_refused_method_rests_and_the_others_go_on() -> None:
    cooldowns = Cooldowns(Clock())
    cooldowns.failed("getBlocks", REFUSED)
    assert cooldowns.seconds_left("getBlocks") > 0
    assert cooldowns.seconds_left("getBlock") == 0
    assert cooldowns.refusal("getBlocks") is REFUSED
    assert cooldowns.refused_methods() == ["getBlocks"]


def test_the_pauses_of_a_refused_method_grow() -> None:
    clock = Clock()
    cooldowns, pauses = Cooldowns(clock), list[float]()
    for _ in range(4):
        cooldowns.failed("getBlocks", REFUSED)
        pauses.append(cooldowns.seconds_left("getBlocks"))
        clock.now += pauses[-1]
        assert cooldowns.seconds_left("getBlocks") == 0
        assert cooldowns.refusal("getBlocks") is None
    assert pauses[-1] > 4 * pauses[0]
    assert 2 <= pauses[0] <= 4


def test_an_answer_ends_the_refusal_and_its_growth() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    for _ in range(5):
        cooldowns.failed("getBlocks", REFUSED)
        clock.now += 1_000
    cooldowns.succeeded("getBlocks")
    cooldowns.failed("getBlocks", REFUSED)
    assert cooldowns.seconds_left("getBlocks") <= 4


def test_a_refusal_that_asks_for_a_longer_wait_gets_it() -> None:
    cooldowns = Cooldowns(Clock())
    cooldowns.failed("getBlocks", MethodRefused("HTTP 410", provider="node", code=410, retry_after=100.0))
    assert cooldowns.seconds_left("getBlocks") == 100


def _limits(cooldowns: Cooldowns, clock: Clock, times: int, *, answered: str | None) -> None:
    for _ in range(times):
        clock.now += 2
        cooldowns.failed("getBlocks", LIMITED)
        clock.now += 2
        if answered is not None:
            cooldowns.succeeded(answered)


def test_a_rate_limit_rests_the_provider_at_first() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.seconds_left("getSlot") == 1


def test_a_rate_limit_of_one_method_that_never_clears_rests_that_method_alone() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    assert cooldowns.refusal("getBlocks") is None
    clock.now += 2
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.refusal("getBlocks") is LIMITED
    assert cooldowns.seconds_left("getBlocks") >= 2
    assert cooldowns.seconds_left("getSlot") == 0


def test_a_limit_that_names_one_method_rests_that_method_at_once() -> None:
    cooldowns = Cooldowns(Clock())
    text = "HTTP 429: Too many requests for a specific RPC call"
    cooldowns.failed("getTokenLargestAccounts", RateLimited(text, provider="node", retry_after=10.0))
    assert cooldowns.seconds_left("getTokenLargestAccounts") >= 10
    assert cooldowns.seconds_left("getBlock") == 0


def test_a_rate_limit_of_all_methods_is_the_providers() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, 2 * MAX_LIMITS, answered=None)
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.refusal("getBlocks") is None
    assert cooldowns.seconds_left("getSlot") == 1


def test_limits_that_come_together_count_once() -> None:
    clock = Clock()
    cooldowns, began = Cooldowns(clock), clock.now
    cooldowns.failed("getBlocks", LIMITED, began=began)
    cooldowns.succeeded("getSlot")
    clock.now += 1
    for _ in range(MAX_LIMITS + 2):
        cooldowns.failed("getBlocks", LIMITED, began=began)
    assert cooldowns.refusal("getBlocks") is None


def test_an_answer_to_the_method_begins_its_count_anew() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    cooldowns.succeeded("getBlocks")
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    assert cooldowns.refusal("getBlocks") is None


def test_a_failure_in_between_is_the_providers() -> None:
    cooldowns = Cooldowns(Clock())
    fault: NodeFault = UnusableAnswer("cut", provider="node")
    cooldowns.failed("getBlocks", fault)
    assert cooldowns.seconds_left("getSlot") > 0
    assert cooldowns.refused_methods() == []


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


class TroubleClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = _BEGAN

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Refused("HTTP 401", provider="rpc.example.org"),
            "HTTP 401, since 13:14 UTC; the key is refused: put a valid one into RPC_URLS",
        ),
        (
            UnusableAnswer("no answer: connection refused", provider="127.0.0.1:9"),
            "no answer: connection refused, since 13:14 UTC; check RPC_URLS, and whether the node is up",
        ),
        (
            RateLimited("429", provider="node"),
            "429, since 13:14 UTC; too much is asked of its plan: set RPC_RATE or add a node to RPC_URLS",
        ),
    ],
)
def test_it_names_the_cause_the_time_and_the_cure(fault: NodeFault, sentence: str) -> None:
    clock = TroubleClock()
    trouble = Trouble(clock)
    trouble.failed(fault)
    assert trouble.describe() == ""
    clock.pass_by(90)
    trouble.failed(fault)
    assert trouble.describe() == sentence


def test_an_answer_ends_it() -> None:
    clock = TroubleClock()
    trouble = Trouble(clock)
    trouble.failed(UnusableAnswer("cut", provider="node"))
    clock.pass_by(90)
    trouble.answered()
    assert trouble.describe() == ""
    trouble.failed(UnusableAnswer("cut", provider="node"))
    assert trouble.describe() == ""


def test_a_method_that_is_refused_is_no_trouble_of_the_node() -> None:
    clock = TroubleClock()
    trouble = Trouble(clock)
    trouble.failed(MethodRefused("Method not found", provider="node", code=-32601))
    clock.pass_by(90)
    assert trouble.describe() == ""
