"""Which whales are worth following."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.positions.whale_scores import WhaleScore
from tests.domain.positions.whale_samples import GOOD


def value(**changes: object) -> float | None:
    return WhaleScore(record=structs.replace(GOOD, **changes), transactions=100).value


def test_who_gains_and_holds_is_worth_following_and_more_gain_is_worth_more() -> None:
    worth, more = value(), value(realised_sol=100_000_000_000)
    assert worth is not None
    assert more is not None
    assert more > worth > 0


def test_who_trades_for_dollars_is_compared_by_the_price_of_sol_and_is_not_where_that_is_not_known() -> None:
    record = structs.replace(GOOD, realised_sol=0, realised_usd=2_600 * 10**9, is_sol_whole=False)
    found = WhaleScore(record=record, transactions=100, sol_usd=Decimal(200))
    assert found.value == value()  # 13 SOL, and the same fees
    assert structs.replace(found, sol_usd=None).value is None
    assert structs.replace(found, record=structs.replace(record, realised_usd=0)).value is None


@pytest.mark.parametrize(
    "changes",
    [
        {"realised_sol": 0},
        {"trips": 4},
        {"wins": 7},
        {"coverage": Decimal("0.4")},
        {"coverage": None},
        {"median_held": 30},
        {"median_held": None},
    ],
)
def test_who_loses_hides_or_is_too_fast_is_not(changes: dict[str, object]) -> None:
    assert value(**changes) is None
