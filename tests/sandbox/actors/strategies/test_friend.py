"""Who was given something."""

from random import Random

from sandbox.actors.intents import Sell, SendSol
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.strategies.friend import Friend
from tests.sandbox.actors.samples import ALL, FRIENDS, balances


def test_it_sells_all_of_a_token_it_was_given(rng: Random) -> None:
    (intent,) = Friend().decide(balances(owned={ALL["KRILL"]: 3}), rng).intents
    assert intent == Sell(token=ALL["KRILL"], amount=3)


def test_it_gives_back_most_of_much_and_keeps_little(rng: Random) -> None:
    assert Friend().decide(balances(10 * LAMPORTS), rng).intents == ()
    (back,) = Friend().decide(balances(100 * LAMPORTS), rng).intents
    assert isinstance(back, SendSol)
    assert back.to == FRIENDS[0]
    assert 50 * LAMPORTS < back.lamports < 95 * LAMPORTS
