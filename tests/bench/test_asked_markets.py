"""What a scan of thirty questions sees of a made-up market is a part of it."""

from bench.asked_markets import FIRST, QUESTIONS, scanned
from bench.markets import LEVELS, generated_market
from bench.volume_bots import asked_scores


def test_a_few_trades_are_read_and_a_few_traders_asked_about() -> None:
    generated = generated_market(3, LEVELS[4], with_bot=True)
    market, part = scanned(generated, 3)
    assert 0 <= part <= 1
    assert set(market.trades) <= set(generated.market.trades)
    assert set(market.payments) <= set(generated.market.payments)
    assert FIRST <= len(market.trades) <= QUESTIONS
    assert len(market.trades) + 2 * len(market.asked_about) <= QUESTIONS
    assert {one.trader for one in market.unread} <= set(market.asked_about)


def test_no_bot_that_makes_most_trades_is_called_clean_and_no_crowd_a_bot() -> None:
    found = asked_scores(4)
    assert found[True, "pass"] == 0
    assert found[False, "fail"] == 0
