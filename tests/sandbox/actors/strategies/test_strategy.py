"""What habits share."""

from random import Random

from sandbox.actors.strategies.strategy import around, tradeable
from tests.sandbox.actors.strategies.conftest import purse


def test_around_stays_near(rng: Random) -> None:
    assert all(950 <= around(1_000, rng, 0.05) <= 1_050 for _ in range(500))


def test_whales_do_not_care_for_dollars_and_dust() -> None:
    assert {token.symbol for token in tradeable(purse())} == {
        "MITTEN",
        "KRILL",
        "ANCHOR",
        "TITHE",
        "LEVIATHAN",
    }
