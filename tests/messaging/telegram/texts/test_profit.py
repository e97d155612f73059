"""What wallets made, in a line."""

from dataclasses import replace
from decimal import Decimal

from domain.positions.profit import Profit
from messaging.telegram.texts.profit import profit_line


def made(coverage: str | None, costed: str | None, usd: int = 180) -> Profit:
    return Profit(
        realised_sol=3_200_000_000,
        coverage=None if coverage is None else Decimal(coverage),
        unrealised_usd=Decimal(usd),
        cost_usd=Decimal(1_000) if costed else Decimal(0),
        costed=None if costed is None else Decimal(costed),
    )


def test_each_figure_has_its_coverage() -> None:
    assert profit_line(made("0.92", "0.8")) == (
        "📒 Made: +3.2 SOL realised before fees (92% of sales with a known cost)"
        " · +$180 (+18%) unrealised on the 80% with a known cost"
    )
    assert profit_line(made("1", "1", -180)) == (
        "📒 Made: +3.2 SOL realised before fees · −$180 (−18%) unrealised"
    )


def test_what_airdrops_brought_is_shown_apart() -> None:
    profit = replace(made("0.5", None), from_claims_sol=1_500_000_000)
    assert profit_line(profit) == (
        "📒 Made: +3.2 SOL realised before fees (50% of sales with a known cost)"
        " · +1.5 SOL from airdrops and rewards"
    )


def test_who_trades_for_dollars_has_realised_dollars() -> None:
    profit = replace(made("1", None), realised_sol=0, realised_usd=Decimal(-250))
    assert profit_line(profit) == "📒 Made: −$250 realised before fees"


def test_that_some_sales_are_not_in_the_sum_is_said() -> None:
    assert profit_line(replace(made("1", None), is_whole=False)) == (
        "📒 Made: +3.2 SOL realised before fees · some sales are not in the sum"
    )


def test_where_no_cost_is_known_no_sum_is_said() -> None:
    assert profit_line(made("0", None)) == "📒 Made: cost of what was sold not known"


def test_what_is_not_known_is_not_said() -> None:
    assert profit_line(made(None, None)) == ""
    assert "unrealised" not in profit_line(made("1", None))
