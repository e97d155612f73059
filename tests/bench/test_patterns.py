"""The bench of patterns in short: what is found, what is left alone, and that a week can be made again."""

import pytest

from bench.patterns import MAX_FALSE, MIN_RECALL, measured
from bench.week_plots import DECOYS, PLANTS, week_with, week_without

FEW = 25


@pytest.mark.parametrize("pattern", list(PLANTS))
def test_patterns_are_found_and_look_alikes_are_left_alone(pattern: str) -> None:
    score = measured(pattern, FEW)
    assert score.recall >= MIN_RECALL
    assert score.false_alarms <= MAX_FALSE
    assert score.deposits == 0


def test_a_week_can_be_made_again_from_its_seed() -> None:
    assert week_with("move", 7) == week_with("move", 7)
    assert week_without("move", 7) == week_without("move", 7)
    assert DECOYS.keys() == PLANTS.keys()
