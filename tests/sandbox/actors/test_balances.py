"""Purses."""

from sandbox.actors.balances import RESERVE
from tests.sandbox.actors.strategies.conftest import ALL, purse


def test_a_reserve_for_fees_is_never_spent() -> None:
    assert purse(5 * RESERVE).spendable == 4 * RESERVE
    assert purse(RESERVE // 2).spendable == 0


def test_only_tokens_it_has_some_of_are_held() -> None:
    assert purse(held={ALL["KRILL"]: 1}).held == (ALL["KRILL"],)
    assert purse().held == ()
