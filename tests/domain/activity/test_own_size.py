"""What others would get of what was just bought, against the formula of the pool in fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.activity.amounts import ratio
from domain.activity.own_size import own_size
from domain.activity.prices import MarketFacts

BASIS_POINT = Decimal("0.0001")
SOL_USD = Decimal(150)


def bought(
    base: int, quote: int, *, fee: str = "0.003", fill: Decimal | None = None
) -> tuple[Activity, MarketFacts]:
    """A purchase that left so much in its pool: raw units of a token with six decimals, and lamports."""
    spot = ratio(Fraction(quote * 10**6, base * 10**9))
    price = TradePrice(
        token="mint",
        quote=SOL,
        quote_decimals=9,
        fill=fill or spot,
        spot=spot,
        depth_quote=quote,
        fee=Decimal(fee),
    )
    activity = Activity(
        chain="solana",
        signature="s",
        slot=1,
        block_time=None,
        wallet="w",
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=1, decimals=9),),
        received=(Leg(mint="mint", raw=1, decimals=6),),
        price=price,
    )
    return activity, MarketFacts(price_usd=spot * SOL_USD)


@given(
    base=st.integers(10**9, 10**15),
    quote=st.integers(10**9, 10**14),
    usd=st.integers(1, 1_000_000),
    fee=st.integers(0, 200),
)
def test_it_is_the_formula_within_a_basis_point(base: int, quote: int, usd: int, fee: int) -> None:
    activity, market = bought(base, quote, fee=str(Decimal(fee) / 10_000))
    found = own_size(activity, market, Decimal(usd))
    lamports = Fraction(usd * 10**9) / Fraction(SOL_USD)
    counted = lamports * (10_000 - fee) / 10_000
    tokens = base * counted / (quote + counted) / 10**6
    assert found is not None
    assert abs(found.tokens / ratio(tokens) - 1) < BASIS_POINT
    paid = Fraction(usd) / Fraction(SOL_USD) / tokens
    assert abs(found.impact - ratio(paid / Fraction(quote * 10**6, base * 10**9) - 1)) < BASIS_POINT * (
        1 + found.impact
    )


def test_after_the_price_has_moved_the_pool_holds_the_same_product() -> None:
    activity, market = bought(10**12, 10**11)
    exact, exact_market = bought(10**12 * 10 // 11, 11 * 10**10)
    found = own_size(activity, market, Decimal(500), drift=Decimal("0.21"))
    expected = own_size(exact, exact_market, Decimal(500))
    assert found is not None
    assert expected is not None
    assert abs(found.tokens / expected.tokens - 1) < BASIS_POINT
    assert abs(found.above_fill - (1 + expected.impact) * Decimal("1.21") + 1) < BASIS_POINT


def test_what_was_paid_is_compared_with_the_fill() -> None:
    activity, market = bought(10**12, 10**14, fee="0", fill=Decimal("0.05"))
    found = own_size(activity, market, Decimal(1))
    assert found is not None
    assert found.above_fill > 1
    cheaper = own_size(activity, market, Decimal(1), drift=Decimal("-0.5"))
    assert cheaper is not None
    assert abs(cheaper.above_fill + Decimal("0.5")) < BASIS_POINT


@given(quote=st.integers(10**10, 10**12), usd=st.integers(1, 10_000), fee=st.integers(1, 500))
def test_on_a_curve_extra_fees_are_paid_first_and_the_wallet_paid_them_too(
    quote: int, usd: int, fee: int
) -> None:
    activity, market = bought(10**15, quote, fee="0")
    assert activity.price is not None
    part = ratio(Fraction(fee, 10_000 + fee))  # so many hundredths of a percent, on top
    priced = structs.replace(activity, price=structs.replace(activity.price, extra_fee=part))
    found = own_size(priced, market, Decimal(usd))
    assert found is not None
    counted = Fraction(usd * 10**9) / Fraction(SOL_USD) * 10_000 / (10_000 + fee)
    tokens = 10**15 * counted / (quote + counted) / 10**6
    assert abs(found.tokens / ratio(tokens) - 1) < BASIS_POINT
    plain = own_size(activity, market, Decimal(usd))
    assert plain is not None
    assert found.above_fill <= plain.above_fill
    assert abs(found.above_fill - ratio(counted / quote)) < BASIS_POINT * (1 + found.above_fill)


def test_where_the_pool_is_not_shown_nothing_is_said() -> None:
    activity, market = bought(10**12, 10**11)
    hidden = structs.replace(activity, price=None)
    assert own_size(hidden, market, Decimal(500)) is None
    assert own_size(activity, MarketFacts(), Decimal(500)) is None
    assert own_size(activity, market, Decimal(500), drift=Decimal(-1)) is None
