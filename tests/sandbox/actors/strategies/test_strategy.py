"""What strategies share."""

from random import Random

from sandbox.actors.strategies.strategy import jittered, tradeable
from tests.sandbox.actors.samples import balances


def test_around_stays_near(rng: Random) -> None:
    assert all(950 <= jittered(1_000, rng, 0.05) <= 1_050 for _ in range(500))


def test_whales_do_not_care_for_dollars_and_dust() -> None:
    assert {token.symbol for token in tradeable(balances())} == {
        "MITTEN",
        "KRILL",
        "ANCHOR",
        "TITHE",
        "LEVIATHAN",
    }
