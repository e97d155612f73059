"""The holder who exits."""

from random import Random

from sandbox.actors.intents import Buy, Intent, Sell
from sandbox.actors.strategies.holder import GATHERED, PATIENCE, Holder
from sandbox.actors.strategies.strategy import Habit
from tests.sandbox.actors.strategies.conftest import purse


def test_it_gathers_one_token_waits_and_leaves_it_altogether(rng: Random) -> None:
    habit: Habit = Holder()
    turns: list[tuple[Intent, ...]] = []
    for _ in range(GATHERED + PATIENCE + 1):
        assert isinstance(habit, Holder)
        held = {habit.love: 77} if habit.love else {}
        habit, intents = habit.decide(purse(held=held), rng)
        turns.append(intents)
    buys = [intent for turn in turns[:GATHERED] for intent in turn if isinstance(intent, Buy)]
    assert len({intent.token for intent in buys}) == 1
    assert turns[GATHERED:-1] == [()] * PATIENCE
    assert turns[-1] == (Sell(token=buys[0].token, amount=77, leave=True),)
    assert habit == Holder()
