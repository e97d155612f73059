"""What pictures are drawn with is well formed, whatever words it is given."""

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from messaging.telegram.charts.shapes import (
    COLOURS,
    HEIGHT,
    WIDTH,
    Plot,
    Theme,
    attributes,
    box,
    level,
    line,
    period,
    picture,
    text,
    ticks,
    triangle,
)

DARK = COLOURS[Theme.DARK]
PLOT = Plot(low=Decimal(-1), high=Decimal(1), begin=0, seconds=10, left=80, right=0, top=20, bottom=100)


def test_words_are_escaped() -> None:
    found = ET.fromstring(text((1, 2), "<a> & b", 33, "#fff", text_anchor="end"))
    assert (found.text, found.get("text-anchor"), found.get("x")) == ("<a> & b", "end", "1.0")


def test_lines_and_boxes_have_their_corners() -> None:
    assert ET.fromstring(line((0, 1), (2, 3), "#fff")).get("x2") == "2.0"
    assert ET.fromstring(box((0, 1), (2, 3), "#fff", rx="8")).get("height") == "3.0"
    assert attributes({"font_size": "3"}) == ' font-size="3"'


def test_a_mark_has_its_tip_at_its_point() -> None:
    up = ET.fromstring(triangle((10, 20), "#fff", "#000", is_up=True)).get("points", "")
    down = ET.fromstring(triangle((10, 20), "#fff", "#000", is_up=False)).get("points", "")
    assert up.split()[0] == down.split()[0] == "10.0,20.0"
    assert up.split()[1].endswith(",50.0")
    assert down.split()[1].endswith(",-10.0")


def test_both_themes_have_colours() -> None:
    assert set(COLOURS) == set(Theme)


def test_a_plot_places_times_and_values_between_its_margins() -> None:
    assert (PLOT.x(0), PLOT.x(10)) == (80, WIDTH)
    assert (PLOT.y(Decimal(1)), PLOT.y(Decimal(-1)), PLOT.y(Decimal(0))) == (20, HEIGHT - 100, 320)


def test_the_level_of_zero_stands_out() -> None:
    zero, other = (ET.fromstring(level(PLOT, Decimal(value), DARK)) for value in ("0", "0.5"))
    assert (zero.get("stroke"), other.get("stroke")) == (DARK.faint, DARK.grid)
    assert zero.get("y1") == zero.get("y2") == "320.0"


def test_a_moment_that_is_first_and_last_is_written_once() -> None:
    assert len(list(period(PLOT, "1 Nov", "1 Nov", DARK))) == 1
    assert [ET.fromstring(one).text for one in period(PLOT, "1 Nov", "9 Nov", DARK)] == ["1 Nov", "9 Nov"]


def test_a_picture_has_its_size_and_its_background_below_all() -> None:
    found = ET.fromstring(picture(DARK, [line((0, 0), (1, 1), DARK.text)]))
    assert (found.get("width"), found.get("height")) == (str(WIDTH), str(HEIGHT))
    assert [one.tag.rpartition("}")[2] for one in found] == ["rect", "line"]
    assert found[0].get("fill") == DARK.background


@pytest.mark.parametrize(("low", "high"), [("0.99", "1.01"), ("0.0000000301", "0.00000004"), ("1", "90000")])
def test_ticks_are_round_and_between(low: str, high: str) -> None:
    found = ticks(Decimal(low), Decimal(high))
    assert 3 <= len(found) <= 8
    assert all(Decimal(low) <= one <= Decimal(high) for one in found)
    assert all(len(one.normalize().as_tuple().digits) <= 4 for one in found)
