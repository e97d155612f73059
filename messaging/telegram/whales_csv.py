"""The found whales as a CSV file in which no cell is a formula. Pure.

Spreadsheets run a cell that begins with = + - @ (or a tab, a line break, or the full-width forms of these
signs) as a formula; such a cell gets an apostrophe in front, which makes it a text.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS
from domain.whale_search import Whale

MAX_ROWS = 10_000
COLUMNS = (
    "address",
    "times_seen",
    "volume_sol",
    "largest_sol",
    "kinds",
    "venues",
    "first_seen",
    "last_seen",
    "last_slot",
)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(cell: str) -> str:
    """The cell, or with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) or cell.lstrip().startswith(_RISKY) else cell


def whales_csv(whales: Iterable[Whale]) -> bytes:
    """The file: UTF-8 with a byte order mark, by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([neutral(cell) for cell in _cells(whale)] for whale in whales)
    return text.getvalue().encode("utf-8-sig")


def _cells(whale: Whale) -> tuple[str, ...]:
    return (
        whale.address,
        str(whale.times_seen),
        _sol(whale.volume),
        _sol(whale.largest),
        "; ".join(whale.kinds),
        "; ".join(whale.venues),
        _time(whale.first_seen_at),
        _time(whale.last_seen_at),
        str(whale.last_slot),
    )


def _sol(lamports: int) -> str:
    return f"{amounts.as_decimal(lamports, SOL_DECIMALS):f}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
