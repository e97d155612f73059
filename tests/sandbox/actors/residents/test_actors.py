"""Actors and their strategies."""

from random import Random

from sandbox.actors.config import StrategyName
from sandbox.actors.intents import Buy, Oversell
from sandbox.actors.keys import keypair
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.residents.actors import Actor, strategy_named
from sandbox.actors.strategies.rotator import Rotator
from sandbox.actors.strategies.slicer import Slicer
from tests.sandbox.actors.samples import ALL, balances


def actor(failure_rate: float = 0.0) -> Actor:
    return Actor(
        key=keypair(1, "somebody"),
        strategy=Slicer(),
        rng=Random(1),
        initial_lamports=100 * LAMPORTS,
        failure_rate=failure_rate,
    )


def test_it_becomes_what_its_decision_made_of_it() -> None:
    somebody = actor()
    (intent,) = somebody.act(balances())
    assert isinstance(intent, Buy)
    assert somebody.strategy != Slicer()


def test_a_clumsy_one_first_tries_what_must_fail() -> None:
    first, second = actor(failure_rate=1.0).act(balances(owned={ALL["KRILL"]: 5}))
    assert first == Oversell(token=ALL["KRILL"], amount=1)
    assert isinstance(second, Buy)


def test_it_is_broke_with_little_sol_and_no_tokens() -> None:
    assert actor().needs_funds(balances(LAMPORTS))
    assert not actor().needs_funds(balances(LAMPORTS, {ALL["KRILL"]: 5}))
    assert not actor().needs_funds(balances(50 * LAMPORTS))


def test_every_strategy_has_a_name() -> None:
    assert len({type(strategy_named(name)) for name in StrategyName}) == len(StrategyName)
    assert strategy_named(StrategyName.ROTATOR) == Rotator()
