"""Dollars and shares in few characters, cut and never rounded up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg
from domain.activity.outcomes import Outcome
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.security.checks import Grade, GradeSummary, Verdict
from messaging.telegram.texts.market import (
    age,
    grade_line,
    is_sold_out,
    market_line,
    percent,
    position_words,
    price_dollars,
    share_words,
    short_dollars,
    time_held,
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
        (-5, "0 s"),
        (59, "59 s"),
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


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("0.399999997", "40%"),
        ("0.3998", "39%"),
        ("0.0299999", "3%"),
        ("0.0999999", "10%"),
        ("0.99999", "99%"),
        ("0.98999999", "99%"),
    ],
)
def test_what_the_chain_has_cut_is_not_cut_again_and_what_is_not_all_is_no_hundred(
    share: str, text: str
) -> None:
    assert percent(Decimal(share)) == text


def test_what_is_left_says_whether_a_position_is_new_or_smaller() -> None:
    assert position_words(activity(token_before=0, token_after=5)) == "new position"
    assert position_words(activity(token_before=3, token_after=8)) == ""
    assert position_words(activity(Kind.SELL, token_before=10, token_after=6)) == "sold 40% of it"
    assert position_words(activity()) == ""


def test_a_purchase_of_more_says_the_average() -> None:
    bought = activity(token_before=3, token_after=8)
    assert position_words(bought, MarketFacts(outcome=Outcome(is_added=True))) == "added"
    words = position_words(bought, MarketFacts(outcome=Outcome(is_added=True, average_usd=Decimal("0.4142"))))
    assert words == "added · average now $0.4142"


def test_a_sale_says_what_it_gained_on_what_is_known_and_for_how_long_it_was_held() -> None:
    half = activity(Kind.SELL, token_before=10, token_after=6)
    gained = Outcome(
        known_share=Decimal(1), gain_share=Decimal("0.34"), gain_usd=Decimal(1_234), held_seconds=11_520
    )
    assert (
        position_words(half, MarketFacts(outcome=gained))
        == "sold 40% of it · +34% (+$1,234) · held 3 h 12 min"
    )
    partly = Outcome(known_share=Decimal("0.6"), gain_share=Decimal("-0.055"), gain_usd=Decimal("-4.2"))
    assert (
        position_words(activity(Kind.SELL), MarketFacts(outcome=partly))
        == "−5.5% (−$4.20) on the 60% whose cost is known"
    )


def test_a_gain_in_sol_is_said_in_the_dollars_of_its_sale() -> None:
    """84.2 SOL for $15,000, 4.2 of them gained, while SOL fell: less came than was paid in dollars."""
    sold = structs.replace(activity(Kind.SELL), received=(Leg(mint=SOL, raw=84_200_000_000, decimals=9),))
    gained = Outcome(
        known_share=Decimal(1),
        gain_share=Decimal("0.0525"),
        gain_sol=4_200_000_000,
        gain_usd=Decimal(-1200),
    )
    assert position_words(sold, MarketFacts(usd=Decimal(15_000), outcome=gained)) == "+5.2% (+$748.21)"
    assert position_words(sold, MarketFacts(outcome=gained)) == "+5.2% (+4.2 SOL)"
    fallen = structs.replace(gained, gain_share=Decimal("-0.0475"), gain_sol=-4_200_000_000)
    assert position_words(sold, MarketFacts(usd=Decimal(15_000), outcome=fallen)) == "−4.7% (−$748.21)"
    assert position_words(sold, MarketFacts(outcome=structs.replace(gained, gain_sol=0))) == "+5.2%"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (1_000, "gave all that it had · +34%"),
        (2_500, "gave 40% of what it had · +34%"),
        (900, "+34%"),
        (None, "+34%"),
    ],
)
def test_a_swap_says_how_much_it_gave_of_what_it_had(before: int | None, words: str) -> None:
    """Another token for all of one is an exit from it."""
    given = (Leg(mint="given", raw=1_000, decimals=2),)
    swap = structs.replace(
        activity(Kind.SWAP), paid=given, given_before=before, token_before=0, token_after=5
    )
    assert (
        position_words(swap, MarketFacts(outcome=Outcome(gain_share=Decimal("0.34"), known_share=Decimal(1))))
        == words
    )


def test_a_sale_without_a_known_cost_says_no_gain() -> None:
    assert position_words(activity(Kind.SELL), MarketFacts(outcome=Outcome(known_share=Decimal(0)))) == ""
    assert position_words(activity(Kind.SELL), MarketFacts(outcome=Outcome(known_share=Decimal(1)))) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (11_520, "3 h 12 min"),
        (86_400, "1 d"),
        (187_200, "2 d 4 h"),
    ],
)
def test_the_time_held_has_two_units_where_they_say_more(seconds: int, words: str) -> None:
    assert time_held(seconds) == words
    assert is_sold_out(activity(Kind.SELL, token_before=10, token_after=0))
    assert not is_sold_out(activity(Kind.SELL, token_before=0, token_after=0))
    assert not is_sold_out(activity(Kind.SELL))


def test_what_is_not_known_is_left_out() -> None:
    assert market_line(activity(), NO_MARKET, NOW) == ""
    assert market_line(activity(), MarketFacts(market_cap=Decimal(5_000_000)), NOW) == "MC $5M"


@pytest.mark.parametrize(
    ("drift", "text"),
    [
        ("0.012", "now +1.2%"),
        ("-0.404", "now −40%"),
        ("0.0004", "now +0%"),
        ("-0.0004", "now +0%"),
        ("19", "now +1,900%"),
    ],
)
def test_how_far_the_price_has_moved_since_is_said_last(drift: str, text: str) -> None:
    market = MarketFacts(market_cap=Decimal(5_000_000))
    assert market_line(activity(), market, NOW, drift=Decimal(drift)) == f"MC $5M · {text}"


def test_an_age_that_stands_alone_says_whose_it_is() -> None:
    made = NOW - timedelta(seconds=38)
    assert market_line(activity(), MarketFacts(token_created_at=made), NOW) == "token 38 s old"
    known = MarketFacts(market_cap=Decimal(5_000_000), token_created_at=made)
    assert market_line(activity(), known, NOW) == "MC $5M · 38 s old"


def test_dollars_by_a_contested_price_of_sol_are_said_to_be_uncertain() -> None:
    known = MarketFacts(usd=Decimal(5), is_sol_certain=False)
    assert market_line(activity(), known, NOW) == "SOL price uncertain"
    assert market_line(activity(), MarketFacts(is_sol_certain=False), NOW) == ""


def test_the_grade_stands_with_its_coverage_and_the_families_that_matter_most() -> None:
    summary = GradeSummary(
        grade=Grade.A,
        decided=18,
        of=19,
        control=Verdict.PASS,
        holders=Verdict.WARN,
        liquidity=Verdict.UNKNOWN,
    )
    assert grade_line(summary) == "🛡 A · control ✓ holders ⚠ liquidity ? (18/19)"
    assert grade_line(None) == ""


def test_a_purchase_says_how_much_it_is_to_the_wallet_and_to_the_token() -> None:
    leg = Leg(mint="mint", raw=500_000, decimals=3)
    bought = activity(received=(leg,), token_before=0, token_after=500_000)
    market = MarketFacts(price_usd=Decimal(2), market_cap=Decimal(100_000))
    assert share_words(bought, market, Decimal("0.18")) == "18% of its book · holds 1% of supply"
    assert share_words(bought, MarketFacts(), Decimal("0.0005")) == ""
    assert share_words(activity(Kind.SELL), market, Decimal("0.18")) == ""
    unlikely = MarketFacts(price_usd=Decimal(2), market_cap=Decimal(1))
    assert share_words(bought, unlikely) == "", "more than there is"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(10, 0, "all that it had of it"), (10, 6, "40% of what it had of it"), (None, None, "")],
)
def test_a_transfer_says_how_much_of_it_the_wallet_had(
    before: int | None, after: int | None, words: str
) -> None:
    sent = structs.replace(activity(Kind.TRANSFER_OUT, received=()), token_before=before, token_after=after)
    assert position_words(sent, MarketFacts(outcome=Outcome(sent_all=True))) == words
    assert position_words(sent) == ("" if after == 0 else words), "another account may have more"
    assert share_words(sent, NO_MARKET, Decimal("0.12")) == "12% of its book"
    assert share_words(structs.replace(sent, kind=Kind.TRANSFER_IN), NO_MARKET, Decimal("0.12")) == ""
