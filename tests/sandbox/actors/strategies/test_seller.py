"""The seller of bags."""

from random import Random

from sandbox.actors.intents import Buy, Sell
from sandbox.actors.strategies.seller import PARTS, Seller
from sandbox.actors.strategies.strategy import Strategy
from tests.sandbox.actors.samples import ALL, balances


def test_it_sells_its_largest_bag_to_the_last_unit_in_parts(rng: Random) -> None:
    token, left = ALL["KRILL"], 1_000_003
    strategy: Strategy = Seller()
    for number in range(PARTS):
        strategy, (intent,) = strategy.decide(balances(owned={token: left, ALL["ANCHOR"]: 5}), rng)
        assert isinstance(intent, Sell)
        assert intent.token == token
        left -= intent.amount
        assert (left == 0) == (number == PARTS - 1)


def test_with_no_bag_it_buys_one_and_then_sells_it(rng: Random) -> None:
    strategy, (bought,) = Seller().decide(balances(), rng)
    assert isinstance(bought, Buy)
    (sold,) = strategy.decide(balances(owned={bought.token: 900}), rng).intents
    assert isinstance(sold, Sell)
    assert sold.token == bought.token
    assert 0 < sold.amount < 900
