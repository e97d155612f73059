"""Dollars are told where they are known, and never guessed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.activity.prices import (
    DOLLAR_MINTS,
    Fill,
    MarketFacts,
    TokenSupply,
    believed_price,
    dollar_value,
    fill_in_dollars,
    market_cap_of,
    market_of,
    sol_price,
)

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def sol(amount: float) -> Leg:
    return Leg(mint=SOL, raw=int(amount * 10**9), decimals=9)


def usdc(amount: float) -> Leg:
    return Leg(mint=USDC, raw=int(amount * 10**6), decimals=6)


WIFS = Leg(mint=WIF, raw=5, decimals=6)


def activity(paid: tuple[Leg, ...], received: tuple[Leg, ...], *, chain: str = "solana") -> Activity:
    return Activity(
        chain=chain,
        signature="s",
        slot=1,
        block_time=None,
        wallet="w",
        kind=Kind.SWAP,
        paid=paid,
        received=received,
        venue="Orca Whirlpool",
    )


@pytest.mark.parametrize(
    ("paid", "received", "price", "worth"),
    [
        ((usdc(250),), (WIFS,), None, 250),
        ((WIFS,), (usdc(12.5),), None, 12.5),
        ((sol(2),), (WIFS,), 150, 300),
        ((sol(2),), (WIFS,), None, None),
        ((sol(2), WIFS), (WIFS,), 150, None),
        ((sol(1), usdc(50)), (WIFS,), 150, 200),
        ((WIFS,), (), 150, None),
        ((), (sol(3),), 100, 300),
        ((sol(1),), (usdc(151),), 150, 151),
    ],
)
def test_a_side_counts_when_all_of_it_has_a_price(
    paid: tuple[Leg, ...], received: tuple[Leg, ...], price: int | None, worth: float | None
) -> None:
    found = dollar_value(activity(paid, received), {} if price is None else {SOL: Decimal(price)})
    assert found == (None if worth is None else Decimal(str(worth)))


def test_what_somebody_else_got_in_its_stead_counts_as_what_a_wallet_got() -> None:
    sold = structs.replace(activity((WIFS,), ()), elsewhere=(usdc(250),), elsewhere_to="friend")
    assert dollar_value(sold, {}) == 250


def test_what_an_order_gave_counts_as_what_its_wallet_gave() -> None:
    filled = structs.replace(activity((), (WIFS,)), from_order=(usdc(250),))
    assert dollar_value(filled, {}) == 250


def test_on_another_chain_these_mints_are_no_dollars() -> None:
    assert dollar_value(activity((usdc(250),), (WIFS,), chain="x1"), {}) is None


@pytest.mark.parametrize(
    ("paid", "received", "price"),
    [
        ((sol(2),), (usdc(300),), 150),
        ((usdc(300),), (sol(2),), 150),
        ((sol(2),), (usdc(9),), None),
        ((sol(2),), (WIFS,), None),
        ((usdc(300),), (usdc(300),), None),
        ((usdc(300), WIFS), (sol(2),), None),
    ],
)
def test_the_price_of_sol_is_read_from_a_plain_trade(
    paid: tuple[Leg, ...], received: tuple[Leg, ...], price: int | None
) -> None:
    assert sol_price(activity(paid, received)) == price


def test_no_price_without_a_venue_nor_from_dust_nor_where_costs_distort_it() -> None:
    plain = activity((usdc(300),), (sol(2),))
    assert sol_price(plain) == 150
    assert sol_price(structs.replace(plain, venue=None)) is None
    assert sol_price(structs.replace(plain, kind=Kind.TRANSFER_OUT)) is None
    assert sol_price(structs.replace(plain, tip=50_000_000)) is None
    assert sol_price(activity((usdc(300),), (Leg(mint=SOL, raw=18_000, decimals=9),))) is None


def test_a_price_out_of_all_bounds_is_none() -> None:
    assert sol_price(activity((usdc(300),), (sol(0.01),))) is None
    assert sol_price(activity((usdc(300),), (sol(3_000),))) is None


def test_every_listed_dollar_counts_as_one() -> None:
    for mint in DOLLAR_MINTS:
        leg = Leg(mint=mint, raw=300_000_000, decimals=6)
        assert sol_price(activity((leg,), (sol(2),))) == 150
        assert dollar_value(activity((leg,), (WIFS,)), {}) == 300


@given(st.integers(10**7, 10**15), st.integers(1, 10**15))
def test_a_price_lies_within_bounds_or_is_none(dollars: int, lamports: int) -> None:
    leg = Leg(mint=SOL, raw=lamports, decimals=9)
    price = sol_price(activity((Leg(mint=USDC, raw=dollars, decimals=6),), (leg,)))
    assert price is None or 1 <= price <= 10_000


NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def fills(*trades: tuple[int, str, float]) -> list[Fill]:
    """Dollars, who traded, and how many minutes ago."""
    return [
        Fill(usd=Decimal(usd), wallet=wallet, seen_at=NOW - timedelta(minutes=ago))
        for usd, wallet, ago in trades
    ]


@pytest.mark.parametrize(
    ("trades", "price"),
    [
        ((), None),
        (((150, "a", 5),), 150),
        (((150, "a", 5), (151, "a", 4), (152, "a", 3)), 151),
        (((150, "a", 9), (150, "a", 8), (150, "a", 7), (160, "b", 6), (170, "c", 5)), 160),
        (((150, "a", 70),), None),
        (((150, "a", 5), (900, "b", 4)), 150),
        (((150, "a", 5), (900, "b", 4), (910, "b", 3), (920, "b", 2)), 150),
        (((150, "a", 5), (900, "b", 4), (910, "c", 3)), 900),
        (((150, "a", 5), (20, "b", 4)), 150),
        (((150, "a", 300), (9_000, "b", 4)), None),
        (((9_000, "b", 9), (150, "a", 5), (151, "c", 4)), 150),
    ],
)
def test_a_jump_is_believed_when_another_wallet_confirms_it(
    trades: tuple[tuple[int, str, float], ...], price: int | None
) -> None:
    assert believed_price(fills(*trades), NOW) == price


def test_what_a_trade_paid_is_known_in_dollars_by_its_own_price() -> None:
    trade = structs.replace(activity((sol(1),), (usdc(150),)), price=None)
    assert fill_in_dollars(trade, MarketFacts(price_usd=Decimal(2))) is None
    price = TradePrice(token="t", quote=SOL, quote_decimals=9, fill=Decimal(10), spot=Decimal(20))
    trade = structs.replace(trade, price=price)
    assert fill_in_dollars(trade, MarketFacts(price_usd=Decimal(2))) == 1
    assert fill_in_dollars(trade, MarketFacts()) is None


def test_a_market_cap_needs_a_supply() -> None:
    token = TokenSupply(decimals=6, supply=10**15, created_at=None)
    assert market_cap_of(Decimal("0.002"), token) == 2_000_000
    assert market_cap_of(Decimal("0.002"), structs.replace(token, supply=None)) is None


@pytest.mark.parametrize(
    ("vaults", "liquidity"),
    [
        ({"liquidity_quote": 100}, 200),
        ({"vault_quote": 100}, 200),
        ({"vault_quote": 100, "vault_token": 5}, 105),
        ({"vault_quote": 100, "vault_token": 900}, 200),
        ({"vault_token": 900}, None),
    ],
)
def test_the_liquidity_of_a_pool_is_what_both_sides_hold_and_at_most_twice_the_quote(
    vaults: dict[str, int], liquidity: int | None
) -> None:
    in_units = {name: amount * 10**6 for name, amount in vaults.items()}
    price = TradePrice(token=WIF, quote=USDC, quote_decimals=6, fill=Decimal(2))
    bought = structs.replace(activity((usdc(9),), (WIFS,)), price=structs.replace(price, **in_units))
    assert market_of(bought, {}, None).liquidity == liquidity
