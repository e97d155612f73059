"""What an activity means to a campaign."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg, TradePrice
from domain.activity.prices import DOLLAR_MINTS, Dollars
from domain.paper.fills import ShownPrice
from domain.paper.seen import seen_trade_of
from tests.storage.sample_data import MINT, purchase

AT = datetime(2026, 11, 29, tzinfo=UTC)
USDC = min(DOLLAR_MINTS, key=lambda mint: not mint.startswith("EPj"))
DOLLARS = {SOL: Decimal(200)}
PRICE = TradePrice(
    token=MINT, quote=SOL, quote_decimals=9, fill=Decimal(2), spot=Decimal(3), liquidity_quote=10**12
)


def test_a_purchase_shows_the_price_after_it_and_the_depth_of_its_pool() -> None:
    seen = seen_trade_of(structs.replace(purchase(), price=PRICE, fee=5_000, tip=1_000), AT)
    assert seen is not None
    assert (seen.buys, seen.sells, seen.token, seen.cost) == ((MINT,), (), MINT, 6_000)
    assert seen.price is not None
    assert (seen.price.lamports, seen.price.depth) == (Fraction(3 * 10**9), 10**12)
    assert seen.at == int(AT.timestamp())


def test_a_sale_says_which_part_went() -> None:
    sale = structs.replace(
        purchase(kind=Kind.SELL),
        paid=purchase().received,
        received=purchase().paid,
        price=PRICE,
        token_before=4 * purchase().received[0].raw,
    )
    part = seen_trade_of(sale, AT)
    whole = seen_trade_of(structs.replace(sale, token_before=None), AT)
    assert part is not None
    assert whole is not None
    assert (part.sells, whole.sells) == (((MINT, Fraction(1, 4)),), ((MINT, Fraction(1)),))


def test_what_an_order_sold_counts_as_all_that_there_was() -> None:
    ordered = structs.replace(
        purchase(kind=Kind.SELL), paid=(), from_order=purchase().received, received=purchase().paid
    )
    seen = seen_trade_of(ordered, AT)
    assert seen is not None
    assert (seen.buys, seen.sells) == ((), ((MINT, Fraction(1)),))


def test_of_a_swap_the_part_counts_that_went_of_what_was_given() -> None:
    given = Leg(mint="given", raw=30, decimals=6)
    swap = structs.replace(
        purchase(kind=Kind.SWAP), paid=(given,), token_before=1, price=None, given_before=40
    )
    seen = seen_trade_of(swap, AT)
    assert seen is not None
    assert (seen.buys, seen.sells) == ((MINT,), (("given", Fraction(3, 4)),))


def test_what_is_no_trade_or_has_no_known_price_shows_none() -> None:
    assert seen_trade_of(purchase(kind=Kind.TRANSFER_IN), AT) is None
    assert price_of(structs.replace(PRICE, quote="elsewhere"), DOLLARS) is None


def price_of(price: TradePrice, dollars: Dollars, **changes: Any) -> ShownPrice | None:
    seen = seen_trade_of(structs.replace(purchase(), price=price, **changes), AT, dollars)
    assert seen is not None
    return seen.price


def test_a_price_in_dollars_counts_as_the_sol_that_they_were_worth() -> None:
    price = structs.replace(PRICE, quote=USDC, quote_decimals=6, spot=None, liquidity_quote=10**9)
    found = price_of(price, DOLLARS)
    assert found == ShownPrice(lamports=Fraction(10**9, 100), depth=5 * 10**9)
    assert price_of(price, {}) is None


def test_dust_a_pool_with_nothing_in_it_and_a_trade_that_moved_it_far_show_no_price() -> None:
    dust = (Leg(mint=SOL, raw=4_999_999, decimals=9),)  # 0.9999998 dollars
    assert price_of(PRICE, DOLLARS) is not None
    assert price_of(PRICE, DOLLARS, paid=dust) is None
    assert price_of(PRICE, {}, paid=dust) is None
    assert price_of(structs.replace(PRICE, liquidity_quote=2 * 10**9), DOLLARS) is None
    assert price_of(structs.replace(PRICE, impact=Decimal("-0.21")), DOLLARS) is None


def test_what_a_wallet_itself_paid_is_seen_apart_from_the_price_after_it() -> None:
    far = structs.replace(PRICE, impact=Decimal(1), liquidity_quote=None)
    seen = seen_trade_of(structs.replace(purchase(), price=far), AT, DOLLARS)
    assert seen is not None
    assert (seen.price, seen.fill, seen.is_certain) == (None, Fraction(2 * 10**9), False)
