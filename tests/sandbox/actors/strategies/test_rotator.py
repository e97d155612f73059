"""The one who changes."""

from random import Random

from sandbox.actors.intents import Buy, Swap
from sandbox.actors.strategies.rotator import Rotator
from tests.sandbox.actors.samples import ALL, balances


def test_it_buys_when_it_has_nothing(rng: Random) -> None:
    assert isinstance(Rotator().decide(balances(), rng).intents[0], Buy)


def test_it_never_changes_a_token_for_itself_nor_more_than_it_has(rng: Random) -> None:
    for _ in range(200):
        (intent,) = Rotator().decide(balances(owned={ALL["USDC"]: 1_000}), rng).intents
        assert isinstance(intent, Swap)
        assert intent.token_in == ALL["USDC"] != intent.token_out
        assert 0 < intent.amount < 1_000
