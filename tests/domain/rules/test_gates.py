"""The gates and what they may say."""

from domain.rules.decisions import GATES
from domain.rules.gates import DEFERRING, OVER_LIMIT, Gate


def test_every_gate_but_the_open_one_is_asked_once() -> None:
    assert [gate for gate, _ in GATES] == [gate for gate in Gate if gate is not Gate.WANTED]


def test_gates_that_defer_are_asked_last_so_that_what_is_stopped_is_never_deferred() -> None:
    assert {gate for gate, _ in GATES[-len(DEFERRING) :]} == DEFERRING
    assert OVER_LIMIT < DEFERRING
