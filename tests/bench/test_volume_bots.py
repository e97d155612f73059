"""The bench of volume bots in short: what it finds, what it lets be, and its line of JSON."""

import pytest

from bench.markets import LEVELS, Noise, generated_market
from bench.volume_bots import MAX_FALSE, MIN_RECALL, score_of

FEW = 60


@pytest.mark.parametrize("noise", [LEVELS[0], LEVELS[-1]], ids=str)
def test_bots_are_found_and_crowds_are_left_alone(noise: Noise) -> None:
    score = score_of(noise, FEW)
    assert score.recall >= MIN_RECALL
    assert score.false_alarms <= MAX_FALSE + 1 / FEW


def test_a_market_can_be_made_again_from_its_seed() -> None:
    assert generated_market(7, LEVELS[4], with_bot=True) == generated_market(7, LEVELS[4], with_bot=True)


def test_a_bot_acts_among_others() -> None:
    market, bot = generated_market(3, LEVELS[4], with_bot=True)
    traders = {trade.trader for trade in market.trades}
    assert traders > set(bot[1:])
    assert len(bot) > 5
