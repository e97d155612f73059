"""The buyer in slices."""

from random import Random

from sandbox.actors.intents import Buy, Intent, Sell
from sandbox.actors.strategies.slicer import SLICES, Slicer
from sandbox.actors.strategies.strategy import Habit
from tests.sandbox.actors.strategies.conftest import purse


def campaign(rng: Random) -> list[Intent]:
    habit: Habit = Slicer()
    intents: list[Intent] = []
    for _ in range(SLICES + 1):
        assert isinstance(habit, Slicer)
        held = {habit.target: 500} if habit.target else {}
        habit, done = habit.decide(purse(held=held), rng)
        intents += done
    assert habit == Slicer()
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
    assert Slicer().decide(purse(0), rng).intents == ()


def test_it_begins_anew_if_there_is_nothing_to_sell(rng: Random) -> None:
    begun = Slicer().decide(purse(), rng).habit
    assert isinstance(begun, Slicer)
    done = Slicer(target=begun.target, slice=1, bought=SLICES)
    assert done.decide(purse(), rng) == (Slicer(), ())
