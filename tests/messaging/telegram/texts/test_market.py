"""Dollars and shares in few characters, cut and never rounded up."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from domain.activity.prices import NO_MARKET, MarketFacts
from messaging.telegram.texts.market import (
    age,
    is_sold_out,
    market_line,
    percent,
    position_words,
    price_dollars,
    short_dollars,
)
from tests.messaging.telegram.alert_samples import NOW, activity


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("15912.34", "$15.9K"),
        ("1234.9", "$1,234"),
        ("84.209", "$84.20"),
        ("600", "$600"),
        ("0.42", "$0.42"),
        ("0.0042", "$0.0042"),
        ("412345678", "$412M"),
        ("0", "$0"),
    ],
)
def test_an_amount_of_dollars_is_short(usd: str, text: str) -> None:
    assert short_dollars(Decimal(usd)) == text


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("86943.76", "$86,943"),
        ("142.507", "$142.5"),
        ("100", "$100"),
        ("1.23456", "$1.234"),
        ("0.41423", "$0.4142"),
        ("0.0021999", "$0.002199"),
        ("0.00002988", "$0.0₄2988"),
        ("0.000000029887", "$0.0₇2988"),
        ("0.00000000000000000001", "$0.0₁₉1"),
    ],
)
def test_many_zeros_of_a_price_are_counted(usd: str, text: str) -> None:
    assert price_dollars(Decimal(usd)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 min"),
        (59, "0 min"),
        (3_599, "59 min"),
        (7_300, "2 h"),
        (40 * 86_400, "40 d"),
        (800 * 86_400, "2 y"),
    ],
)
def test_an_age_is_in_its_largest_unit(seconds: int, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [("0.0032", "0.3%"), ("0.05", "5%"), ("0.4", "40%"), ("1", "100%"), ("19", "1,900%")]
)
def test_a_share_has_tenths_where_it_is_small(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


def test_what_is_left_says_whether_a_position_is_new_or_smaller() -> None:
    assert position_words(activity(token_before=0, token_after=5)) == "new position"
    assert position_words(activity(token_before=3, token_after=8)) == ""
    assert position_words(activity(Kind.SELL, token_before=10, token_after=6)) == "sold 40% of it"
    assert position_words(activity()) == ""
    assert is_sold_out(activity(Kind.SELL, token_before=10, token_after=0))
    assert not is_sold_out(activity(Kind.SELL, token_before=0, token_after=0))
    assert not is_sold_out(activity(Kind.SELL))


def test_what_is_not_known_is_left_out() -> None:
    assert market_line(activity(), NO_MARKET, NOW) == ""
    assert market_line(activity(), MarketFacts(market_cap=Decimal(5_000_000)), NOW) == "MC $5M"


@pytest.mark.parametrize(
    ("drift", "text"),
    [("0.012", "now +1.2%"), ("-0.404", "now −40%"), ("0.0004", "now +0%"), ("19", "now +1,900%")],
)
def test_how_far_the_price_has_moved_since_is_said_last(drift: str, text: str) -> None:
    market = MarketFacts(market_cap=Decimal(5_000_000))
    assert market_line(activity(), market, NOW, Decimal(drift)) == f"MC $5M · {text}"
