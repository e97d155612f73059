"""Amounts are exact, or cut; never rounded up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.amounts import Holding, as_decimal, compact, decimal_text, exact, ratio

RAW = st.integers(min_value=0, max_value=10**60)
DECIMALS = st.integers(min_value=0, max_value=18)


@pytest.mark.parametrize(
    ("raw", "decimals", "text"),
    [
        (84_200_000_000, 9, "84.2"),
        (38_410_123_456, 6, "38.4K"),
        (9_841_200_000, 6, "9,841"),
        (412_399_999_000_000, 6, "412M"),
        (1_999_999_999_999, 0, "1.99T"),
        (1_240_000_000_000, 6, "1.24M"),
        (2_500_000_000, 0, "2.5B"),
        (412, 6, "0.000412"),
        (412_345, 9, "0.0004123"),
        (999_999_999, 9, "0.9999"),
        (0, 6, "0"),
    ],
)
def test_a_first_line_shows_few_digits(raw: int, decimals: int, text: str) -> None:
    assert compact(raw, decimals) == text


def test_an_exact_amount_shows_all_digits() -> None:
    assert exact(38_410_250_000, 6) == "38,410.25"
    assert exact(1, 9) == "0.000000001"
    assert exact(10, 0) == "10"


@given(RAW, DECIMALS)
def test_exact_text_reads_back_to_the_same_amount(raw: int, decimals: int) -> None:
    assert Decimal(exact(raw, decimals).replace(",", "")) == as_decimal(raw, decimals)


@given(RAW, DECIMALS)
def test_a_compact_amount_is_never_more_than_there_is(raw: int, decimals: int) -> None:
    text = compact(raw, decimals).replace(",", "")
    scale = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}.get(text[-1], 1)
    assert Fraction(text.rstrip("KMBT")) * scale <= Fraction(raw, 10**decimals)


def test_people_see_the_scaled_amount_where_a_token_has_one() -> None:
    assert Holding(mint="m", raw=7, decimals=0).displayed_raw == 7
    assert Holding(mint="m", raw=7, decimals=0, scaled=70).displayed_raw == 70


def test_a_ratio_has_eighteen_digits_and_is_written_without_an_exponent() -> None:
    assert decimal_text(ratio(Fraction(1, 3 * 10**9))) == "0.000000000333333333333333333"
    assert decimal_text(ratio(Fraction(15, 10))) == "1.5"
    assert decimal_text(Decimal(10) ** 20) == "100000000000000000000"
