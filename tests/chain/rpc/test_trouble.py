"""What ails a provider, since when, and what to do about it."""

from datetime import UTC, datetime, timedelta

import pytest

from chain.rpc.errors import Broken, MethodRefused, NodeFault, RateLimited, Refused
from chain.rpc.trouble import Trouble

_BEGAN = datetime(2026, 11, 28, 13, 14, 50, tzinfo=UTC)


class Clock:
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
            Broken("no answer: connection refused", provider="127.0.0.1:9"),
            "no answer: connection refused, since 13:14 UTC; check RPC_URLS, and whether the node is up",
        ),
        (
            RateLimited("429", provider="node"),
            "429, since 13:14 UTC; too much is asked of its plan: set RPC_RATE or add a node to RPC_URLS",
        ),
    ],
)
def test_it_names_the_cause_the_time_and_the_cure(fault: NodeFault, sentence: str) -> None:
    clock = Clock()
    trouble = Trouble(clock)
    trouble.failed(fault)
    assert trouble.describe() == ""
    clock.pass_by(90)
    trouble.failed(fault)
    assert trouble.describe() == sentence


def test_an_answer_ends_it() -> None:
    clock = Clock()
    trouble = Trouble(clock)
    trouble.failed(Broken("cut", provider="node"))
    clock.pass_by(90)
    trouble.answered()
    assert trouble.describe() == ""
    trouble.failed(Broken("cut", provider="node"))
    assert trouble.describe() == ""


def test_a_method_that_is_refused_is_no_trouble_of_the_node() -> None:
    clock = Clock()
    trouble = Trouble(clock)
    trouble.failed(MethodRefused("Method not found", provider="node", code=-32601))
    clock.pass_by(90)
    assert trouble.describe() == ""
