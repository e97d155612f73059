"""Charts of made-up prices."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.tokens.candles import RANGES, Candle, ChartRange
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.charts.svg import Chart

MINT = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
UNTIL = datetime(2026, 11, 28, 21, 40, tzinfo=UTC)


def chart(
    symbol: str = "TITHE", *, unit: str = "0.01", of: ChartRange = ChartRange.DAY, theme: Theme = Theme.DARK
) -> Chart:
    """A price that goes up and down by turns, in multiples of a unit."""
    step, prices = RANGES[of].drawn, [Decimal(unit) * (40 + number * 7 % 23) for number in range(40)]
    candles = [
        Candle(
            begins=UNTIL - timedelta(seconds=step * (40 - number)),
            open=before,
            high=max(before, price) + Decimal(unit),
            low=min(before, price) - Decimal(unit),
            close=price,
            volume=Decimal(number * 100),
        )
        for number, (before, price) in enumerate(itertools.pairwise(prices))
    ]
    return Chart(
        symbol=symbol,
        mint=MINT,
        usd=prices[-1],
        candles=candles,
        until=UNTIL,
        range=of,
        market_cap=Decimal(412_000_000),
        liquidity=Decimal(4_400_000),
        theme=theme,
    )
