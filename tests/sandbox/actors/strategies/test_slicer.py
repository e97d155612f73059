"""The buyer in slices."""

from random import Random

from sandbox.actors.intents import Buy, Intent, Sell
from sandbox.actors.strategies.slicer import SLICES, Slicer
from sandbox.actors.strategies.strategy import Strategy
from tests.sandbox.actors.samples import balances


def campaign(rng: Random) -> list[Intent]:
    strategy: Strategy = Slicer()
    intents: list[Intent] = []
    for _ in range(SLICES + 1):
        assert isinstance(strategy, Slicer)
        owned = {strategy.target: 500} if strategy.target else {}
        strategy, done = strategy.decide(balances(owned=owned), rng)
        intents += done
    assert strategy == Slicer()
    return intents


def test_it_buys_one_token_in_near_equal_slices_and_sells_it_whole(rng: Random) -> None:
    *bought, sold = campaign(rng)
    buys = [intent for intent in bought if isinstance(intent, Buy)]
    assert len(buys) == SLICES
    assert len({intent.token for intent in buys}) == 1
    sizes = [intent.lamports for intent in buys]
    assert max(sizes) < 1.2 * min(sizes)
    assert sold == Sell(token=buys[0].token, amount=500)


def test_with_nothing_it_does_nothing(rng: Random) -> None:
    assert Slicer().decide(balances(0), rng).intents == ()


def test_it_begins_anew_if_there_is_nothing_to_sell(rng: Random) -> None:
    begun = Slicer().decide(balances(), rng).strategy
    assert isinstance(begun, Slicer)
    done = Slicer(target=begun.target, slice=1, bought=SLICES)
    assert done.decide(balances(), rng) == (Slicer(), ())
