"""What wallets made, in a line."""

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
        "📒 Made: +3.2 SOL realised (92% of sales with a known cost)"
        " · +$180 (+18%) unrealised on the 80% with a known cost"
    )
    assert profit_line(made("1", "1", -180)) == "📒 Made: +3.2 SOL realised · −$180 (−18%) unrealised"


def test_what_is_not_known_is_not_said() -> None:
    assert profit_line(made(None, None)) == ""
    assert "unrealised" not in profit_line(made("1", None))
