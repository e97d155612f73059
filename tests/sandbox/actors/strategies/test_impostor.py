"""Dust from a look-alike."""

from random import Random

from sandbox.actors.intents import SendSol
from sandbox.actors.strategies.impostor import Impostor
from tests.sandbox.actors.samples import FRIENDS, balances


def test_it_sends_next_to_nothing_to_its_victim(rng: Random) -> None:
    (intent,) = Impostor().decide(balances(), rng).intents
    assert isinstance(intent, SendSol)
    assert intent.to in FRIENDS
    assert 0 < intent.lamports <= 5_000
