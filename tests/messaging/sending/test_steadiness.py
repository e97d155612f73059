"""What may be a repeat is risked when the channel has answered often enough in a row."""

import random

import pytest

from messaging.sending import steadiness as module
from messaging.sending.steadiness import (
    ANSWERS_FOR_A_FAILURE,
    MAX_ANSWERS,
    MIN_ANSWERS,
    UNTROUBLED_ANSWERS,
    Steadiness,
)


def answers_until_enough(seen: Steadiness) -> int:
    number = 0
    while not seen.is_enough:
        seen.answered()
        number += 1
    return number


def test_a_process_that_has_seen_nothing_looks_first() -> None:
    assert answers_until_enough(Steadiness()) == UNTROUBLED_ANSWERS


def test_each_failure_that_follows_an_answer_asks_for_more_answers_up_to_a_bound() -> None:
    seen = Steadiness()
    numbers = []
    for _ in range(MAX_ANSWERS):
        seen.failed()
        numbers.append(answers_until_enough(seen))
    assert numbers[:2] == [MIN_ANSWERS, MIN_ANSWERS + ANSWERS_FOR_A_FAILURE]
    assert max(numbers) == MAX_ANSWERS


def test_what_fails_together_is_one_failure() -> None:
    seen = Steadiness()
    for _ in range(50):
        seen.failed()
    assert answers_until_enough(seen) == MIN_ANSWERS


def test_the_more_often_it_failed_the_longer_are_the_pauses_between_probes() -> None:
    seen, pauses = Steadiness(), []
    for _ in range(100):
        seen.answered()
        seen.failed()
        pauses.append(seen.pause)
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.5
    assert pauses[-1] == module.MAX_PAUSE_SECONDS


def test_failures_of_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    seen = Steadiness()
    for _ in range(5):
        seen.failed()
        seen.answered()
    before = seen.is_enough
    now += module.REMEMBERED_SECONDS + 1
    seen.answered()
    assert (before, seen.is_enough) == (False, True)
    seen.failed()
    assert answers_until_enough(seen) == MIN_ANSWERS


def test_where_every_other_call_fails_a_repeat_is_hardly_ever_risked() -> None:
    chance, seen, risked = random.Random(7), Steadiness(), 0
    for _ in range(2_000):
        (seen.answered if chance.random() < 0.5 else seen.failed)()
        risked += seen.is_enough
    assert risked < 10
