"""Whales in words.
The found whales as a file that spreadsheets may open.
"""

import csv
import io
from decimal import Decimal

import pytest
from msgspec import structs

from domain.positions.whale_scores import WhaleScore
from domain.whale_search import Whale, WhalePage
from messaging.telegram.texts import whales as texts
from messaging.telegram.texts.whales import COLUMNS, neutral, whales_csv
from tests.domain.positions.whale_samples import GOOD
from tests.messaging.telegram.whale_samples import WHEN, whale


def test_a_page_of_whales_numbers_them_on() -> None:
    page = WhalePage(whales=[whale(venues=("<i>", "b", "c", "d"))], number=1, total=6)
    text = texts.whales_list(page, chain="sandbox", now=WHEN)
    assert "Whales found: 6</b> · page 2 of 2" in text
    assert "6. <b>84.2 SOL</b> · seen 3 times" in text
    assert "buy, sell · &lt;i&gt;, b, c\n" in text
    assert "<code>7vfC</code>" in text
    assert "You follow it" not in text
    only = WhalePage(whales=[whale()], number=0, total=1, search_id=3)
    assert texts.whales_list(only, chain="sandbox", now=WHEN).startswith(
        "🐋 <b>Whales found by search 3: 1</b>\n"
    )


def test_a_file_says_when_it_does_not_hold_all() -> None:
    assert texts.csv_caption(3, 3) == "3 whales, by volume"
    assert texts.csv_caption(10_000, 12_345) == "10,000 of 12,345 whales, by volume"


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
def test_scenario_87_a_cell_that_would_be_a_formula_is_made_a_text(cell: str) -> None:
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


def test_what_a_whale_made_lately_says_whether_it_is_worth_following() -> None:
    page = WhalePage(whales=[whale()], number=0, total=1)
    scores = {whale().address: WhaleScore(record=GOOD, transactions=100)}
    text = texts.whales_list(page, chain="sandbox", now=WHEN, scores=scores)
    assert "⭐ Worth following: +12 SOL after fees · won 14 of 20 · holds 2 h" in text
    assert "90% of costs known · by 100 transactions" in text


def test_of_a_whale_that_sold_what_it_had_before_nothing_is_claimed_to_be_made() -> None:
    page = WhalePage(whales=[whale()], number=0, total=1)
    record = structs.replace(GOOD, realised_sol=0, coverage=Decimal(0), trips=0, wins=0, median_held=None)
    scores = {whale().address: WhaleScore(record=record, transactions=100)}
    text = texts.whales_list(page, chain="sandbox", now=WHEN, scores=scores)
    assert "📊 cost not known · 0% of costs known · by 100 transactions" in text
