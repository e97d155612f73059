"""What holdings are worth, and which are folded away."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.activity.amounts import Holding
from domain.tokens.market_price import PriceSource, TokenPrice, TokenPrices, UnknownPrice
from domain.tokens.portfolio import Omission, sol_value, valued

NOW = datetime(2026, 11, 22, tzinfo=UTC)
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def prices(unknown: UnknownPrice | None = None, **usd: str) -> TokenPrices:
    known = {
        mint: TokenPrice(mint=mint, usd=Decimal(one), source=PriceSource.POOL, read_at=NOW)
        for mint, one in usd.items()
    }
    return TokenPrices(known=known, unknown={} if unknown is None else {"a": unknown})


def omitted(holding: Holding, found: TokenPrices, symbol: str = "") -> Omission | None:
    (one,) = valued("solana", [holding], found, {holding.mint: symbol})
    return one.omitted


def test_the_most_valuable_comes_first_and_the_unknown_last() -> None:
    holdings = [Holding(mint=mint, raw=10, decimals=1) for mint in ("unknown", "cheap", "dear")]
    found = valued("solana", holdings, prices(cheap="1", dear="2"), {})
    assert [(one.holding.mint, one.usd) for one in found] == [
        ("dear", Decimal(2)),
        ("cheap", Decimal(1)),
        ("unknown", None),
    ]


@pytest.mark.parametrize(
    ("raw", "usd", "expected"), [(1, "0.009", Omission.WORTHLESS), (1, "0.01", None), (2, "0.005", None)]
)
def test_what_is_worth_less_than_a_cent_is_left_out(raw: int, usd: str, expected: Omission | None) -> None:
    assert omitted(Holding(mint="a", raw=raw, decimals=0), prices(a=usd)) is expected


def test_only_a_pool_that_says_nothing_makes_a_token_worthless_not_one_that_is_unknown() -> None:
    holding = Holding(mint="a", raw=1, decimals=0)
    assert omitted(holding, prices(UnknownPrice.TOO_SMALL)) is Omission.WORTHLESS
    assert omitted(holding, prices(UnknownPrice.NO_POOL)) is None
    assert omitted(holding, prices(UnknownPrice.NO_DOLLARS)) is None


def test_an_imitation_is_left_out_whatever_it_seems_to_be_worth_and_the_real_one_is_not() -> None:
    assert omitted(Holding(mint="a", raw=1, decimals=0), prices(a="9"), "USDC") is Omission.IMITATION
    assert omitted(Holding(mint=USDC, raw=1, decimals=6), prices(), "USDC") is None


def test_sol_without_a_price_or_amount_has_no_value() -> None:
    assert sol_value(2 * 10**9, prices(SOL="140")) == Decimal(280)
    assert sol_value(None, prices(SOL="140")) is None
    assert sol_value(5, prices()) is None
