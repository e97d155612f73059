"""Which pool sets a token's price, and when none does."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec import structs

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.tokens.market_price import (
    KnownPool,
    MintSupply,
    PoolPrice,
    TokenPrice,
    UnknownPrice,
    money_price,
    price_by_pools,
    quote_dollars,
    shows_price,
)

NOW = datetime(2026, 11, 28, tzinfo=UTC)
DOLLARS = {SOL: Decimal(200)}
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def pool(sol: float, price: str = "0.5", *, is_deep: bool = True, quote: str = SOL) -> PoolPrice:
    known = KnownPool(
        mint="mint", pool=f"{sol} {price}", quote=quote, quote_decimals=9, liquidity_quote=int(sol * 10**9)
    )
    return PoolPrice(pool=known, price=Fraction(price), depth=int(sol * 10**9), is_deep=is_deep, slot=5)


def concentrated(sol: float, price: str = "0.5") -> PoolPrice:
    return structs.replace(pool(sol, price), is_concentrated=True)


def priced(*pools: PoolPrice, supply: MintSupply | None = None) -> TokenPrice | UnknownPrice:
    return price_by_pools("solana", pools, supply, DOLLARS, NOW)


def test_the_deepest_pool_sets_the_price() -> None:
    found = priced(pool(3), pool(40, "0.6"), pool(20))
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.liquidity, found.slot) == (Decimal(120), Decimal(16_000), 5)


def test_a_pool_whose_depth_was_not_shown_comes_after_one_whose_was() -> None:
    found = priced(pool(1_000, "900", is_deep=False), pool(4))
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.is_certain) == (Decimal(100), False)


@pytest.mark.parametrize(
    ("pools", "is_certain"),
    [
        ([pool(40)], True),
        ([pool(40, is_deep=False)], False),
        ([pool(40, is_deep=False), pool(30, "0.52", is_deep=False)], True),
        ([pool(40), pool(11, "0.7")], False),
        ([pool(40), pool(9, "0.7")], True),
    ],
)
def test_a_price_is_certain_if_its_depth_was_shown_and_nobody_of_weight_differs(
    pools: list[PoolPrice], *, is_certain: bool
) -> None:
    found = priced(*pools)
    assert isinstance(found, TokenPrice)
    assert found.is_certain is is_certain


@pytest.mark.parametrize(
    ("others", "is_certain"),
    [
        ([], True),
        ([pool(3)], False),
        ([pool(2.4)], True),
        ([pool(3, is_deep=False)], True),
        ([concentrated(3)], True),
        ([pool(3, "90")], True),
    ],
)
def test_a_claim_of_much_liquidity_is_uncertain_where_a_pool_that_pays_differs(
    others: list[PoolPrice], *, is_certain: bool
) -> None:
    """A vault full of offers far from the price, and one dollar at it, look like a deep pool."""
    found = priced(concentrated(250, "100"), *others)
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.is_certain) == (Decimal(20_000), is_certain)


def test_what_is_not_known_says_why() -> None:
    assert priced() is UnknownPrice.NO_POOL
    assert priced(pool(2.4)) is UnknownPrice.TOO_SMALL
    assert priced(pool(99, quote="another token")) is UnknownPrice.NO_DOLLARS


def test_the_market_cap_is_the_supply_at_the_price() -> None:
    found = priced(pool(40), supply=MintSupply(decimals=6, supply=2_000_000))
    assert isinstance(found, TokenPrice)
    assert found.market_cap == Decimal(200)
    without = priced(pool(40))
    assert isinstance(without, TokenPrice)
    assert without.market_cap is None


def test_a_price_grows_old() -> None:
    assert money_price(SOL, Decimal(1), NOW).age(NOW + timedelta(seconds=7)) == 7


def test_wrapped_sol_is_worth_as_much_as_sol() -> None:
    assert quote_dollars("solana", WRAPPED_SOL, DOLLARS) == quote_dollars("solana", SOL, DOLLARS) == 200
    assert quote_dollars("solana", WRAPPED_SOL, {}) is None


def test_a_dollar_off_its_peg_is_no_dollar() -> None:
    assert quote_dollars("solana", USDC, {}) == Decimal(1)
    assert quote_dollars("solana", USDC, {USDC: Decimal("0.9")}) == Decimal("0.9")
    assert quote_dollars("x1", USDC, {}) is None
    assert quote_dollars("solana", "a staked token", {"a staked token": Decimal(240)}) == Decimal(240)


@pytest.mark.parametrize(
    ("usd", "impact", "quote_usd", "is_price"),
    [
        ("1", "0.2", "500", True),
        ("1", None, None, True),
        ("1", "-0.2", "500", True),
        ("0.99", "0", "9000", False),
        (None, "0", "9000", False),
        ("50", "0.21", "9000", False),
        ("50", "-0.21", "9000", False),
        ("50", "0", "499", False),
    ],
)
def test_dust_impact_and_small_pools_show_no_price(
    usd: str | None, impact: str | None, quote_usd: str | None, *, is_price: bool
) -> None:
    given = {"usd": usd, "impact": impact, "quote_usd": quote_usd}
    assert (
        shows_price(**{key: None if one is None else Decimal(one) for key, one in given.items()}) is is_price
    )
