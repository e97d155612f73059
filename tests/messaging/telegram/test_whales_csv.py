"""The found whales as a file that spreadsheets may open."""

import csv
import io

import pytest

from domain.whale_search import Whale
from messaging.telegram.whales_csv import COLUMNS, neutral, whales_csv
from tests.messaging.telegram.whale_samples import whale


def cells(*whales: Whale) -> list[list[str]]:
    return list(csv.reader(io.StringIO(whales_csv(whales).decode("utf-8-sig"))))


def test_a_row_tells_all_that_is_known() -> None:
    head, row = cells(whale())
    assert head == list(COLUMNS)
    assert row == [
        "7vfC",
        "3",
        "84.200000001",
        "0.000000001",
        "buy; sell",
        "Town pool",
        "2026-01-02 03:04:05",
        "2026-01-02 03:04:05",
        "101",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd()",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝cmd()",
        "＋1",
        "－1",
        "＠a",
        '="a,b"',
    ],
)
def test_g_87_a_cell_that_would_be_a_formula_is_made_a_text(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"
    written = [value for row in cells(whale(cell, venues=(cell,))) for value in row]
    assert f"'{cell}" in written
    assert cell not in written


@pytest.mark.parametrize("cell", ["", "7vfC", "84.2", "a=b", "buy; sell"])
def test_other_cells_are_left_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


def test_separators_quotes_and_line_breaks_stay_within_their_cell() -> None:
    hostile = 'a","=cmd()\r\n=2,"b'
    assert cells(whale(venues=(hostile,)))[1][5] == hostile
    assert len(cells(whale(venues=(hostile,)))) == 2


def test_it_begins_with_the_mark_by_which_spreadsheets_know_utf_8() -> None:
    assert whales_csv([]).startswith(b"\xef\xbb\xbfaddress,")
