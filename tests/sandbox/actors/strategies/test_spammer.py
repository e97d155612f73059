"""Dust."""

from random import Random

from sandbox.actors.intents import Scatter, SendToken
from sandbox.actors.strategies.spammer import BAIT, Spammer
from tests.sandbox.actors.strategies.conftest import FRIENDS, WORTHLESS, purse


def test_it_scatters_dust_and_drops_a_worthless_token_in_turn(rng: Random) -> None:
    holding = purse(held={WORTHLESS: 50})
    habit, (dust,) = Spammer().decide(holding, rng)
    (drop,) = habit.decide(holding, rng).intents
    assert isinstance(dust, Scatter)
    assert dust.lamports < 1_000
    assert set(dust.to) <= set(FRIENDS)
    assert isinstance(drop, SendToken)
    assert (drop.token, drop.amount, drop.memo) == (WORTHLESS, 1, BAIT)


def test_without_worthless_tokens_it_has_only_dust(rng: Random) -> None:
    assert isinstance(Spammer(turn=1).decide(purse(), rng).intents[0], Scatter)
