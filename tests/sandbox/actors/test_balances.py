"""Balances."""

from sandbox.actors.balances import RESERVE
from tests.sandbox.actors.samples import ALL, balances


def test_a_reserve_for_fees_is_never_spent() -> None:
    assert balances(5 * RESERVE).spendable == 4 * RESERVE
    assert balances(RESERVE // 2).spendable == 0


def test_only_tokens_it_has_some_of_are_held() -> None:
    assert balances(owned={ALL["KRILL"]: 1}).owned == (ALL["KRILL"],)
    assert balances().owned == ()
