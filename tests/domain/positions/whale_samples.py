"""The record of a wallet worth following."""

from decimal import Decimal

from domain.positions.records import Record

GOOD = Record(
    realised_sol=13_000_000_000,
    realised_usd=None,
    fees=1_000_000_000,
    coverage=Decimal("0.9"),
    trades=40,
    trips=20,
    wins=14,
    median_gain=None,
    mean_gain=None,
    drawdown_sol=0,
    median_held=7_200,
    open_positions=1,
    since=None,
)
