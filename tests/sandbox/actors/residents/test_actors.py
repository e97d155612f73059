"""Wallets with habits."""

from random import Random

from sandbox.actors.config import HabitName
from sandbox.actors.intents import Buy, Overreach
from sandbox.actors.keys import keypair
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.residents.actors import Person, habit_called
from sandbox.actors.strategies.rotator import Rotator
from sandbox.actors.strategies.slicer import Slicer
from tests.sandbox.actors.strategies.conftest import ALL, purse


def person(clumsiness: float = 0.0) -> Person:
    return Person(
        key=keypair(1, "somebody"),
        habit=Slicer(),
        rng=Random(1),
        wealth=100 * LAMPORTS,
        clumsiness=clumsiness,
    )


def test_it_becomes_what_its_decision_made_of_it() -> None:
    somebody = person()
    (intent,) = somebody.act(purse())
    assert isinstance(intent, Buy)
    assert somebody.habit != Slicer()


def test_a_clumsy_one_first_tries_what_must_fail() -> None:
    first, second = person(clumsiness=1.0).act(purse(held={ALL["KRILL"]: 5}))
    assert first == Overreach(token=ALL["KRILL"], amount=1)
    assert isinstance(second, Buy)


def test_it_is_broke_with_little_sol_and_no_tokens() -> None:
    assert person().is_broke(purse(LAMPORTS))
    assert not person().is_broke(purse(LAMPORTS, {ALL["KRILL"]: 5}))
    assert not person().is_broke(purse(50 * LAMPORTS))


def test_every_habit_has_a_name() -> None:
    assert len({type(habit_called(name)) for name in HabitName}) == len(HabitName)
    assert habit_called(HabitName.ROTATOR) == Rotator()
