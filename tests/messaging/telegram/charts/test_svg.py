"""The picture as text: well formed whatever a token calls itself, and with figures that can be read."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain.tokens.candles import ChartRange
from messaging.languages.choice import locale_of
from messaging.telegram.charts.shapes import COLOURS, HEIGHT, WIDTH, Theme
from messaging.telegram.charts.svg import Mark, chart_svg
from tests.messaging.telegram.charts.samples import MINT, chart

NAMESPACE = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    """The texts of a picture, from top to bottom as they are written."""
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{NAMESPACE}text")]


def test_it_says_what_it_shows() -> None:
    texts = words(chart_svg(chart()))
    assert texts[:4] == ["TITHE", "$0.6", "last 24h · MC $412M · liq $4.4M", "+50%"]
    assert {"00:00", "06:00", "12:00", "18:00", "UTC"} <= set(texts)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_no_symbol_breaks_it_or_draws_anything(symbol: str) -> None:
    plain, texts = chart_svg(chart("X")), chart_svg(chart(symbol))
    tags = [[one.tag for one in ET.fromstring(svg).iter()] for svg in (plain, texts)]
    assert tags[0] == tags[1]
    assert words(texts)[1:] == words(plain)[1:]


@pytest.mark.parametrize("symbol", ["", "\u202e", "鲸鱼", "a鲸"])
def test_a_symbol_that_the_font_does_not_have_is_the_mint(symbol: str) -> None:
    assert words(chart_svg(chart(symbol)))[0].startswith(MINT[:4])


@pytest.mark.parametrize("of", list(ChartRange))
@pytest.mark.parametrize("unit", ["0.000000000001", "0.01", "3000"])
def test_everything_lies_within_the_picture(of: ChartRange, unit: str) -> None:
    tree = ET.fromstring(chart_svg(chart(unit=unit, of=of)))
    for one in tree.iter():
        x, y = float(one.get("x", 0)), float(one.get("y", 0))
        assert 0 <= x <= x + float(one.get("width", 0)) <= WIDTH
        assert 0 <= y <= y + float(one.get("height", 0)) <= HEIGHT


def test_without_a_candle_it_says_so_and_shows_the_price() -> None:
    empty = structs.replace(chart(), candles=[], market_cap=None, liquidity=None)
    assert "no prices seen yet" in words(chart_svg(empty))


@pytest.mark.parametrize("theme", list(Theme))
def test_figures_stand_out_from_their_background(theme: Theme) -> None:
    colours = COLOURS[theme]
    for one in (colours.text, colours.faint, colours.up, colours.down):
        assert contrast(one, colours.background) >= 4.5


def contrast(one: str, other: str) -> float:
    """As WCAG 2 computes it."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_entries_point_up_and_exits_down_within_the_time_of_the_picture() -> None:
    drawn_chart = chart()
    at = drawn_chart.until - timedelta(hours=3)
    marks = [
        Mark(at=at, usd=drawn_chart.usd, is_entry=True),
        Mark(at=at, usd=drawn_chart.usd * 100, is_entry=False),
        Mark(at=at - timedelta(days=9), usd=drawn_chart.usd, is_entry=True),
    ]
    tree = ET.fromstring(chart_svg(structs.replace(drawn_chart, marks=marks)))
    drawn = [one.get("points", "").split() for one in tree.iter(f"{NAMESPACE}polygon")]
    heights = [[float(point.split(",")[1]) for point in points] for points in drawn]
    heights = heights[2:]  # after those that say what they mean
    assert len(heights) == 2, "what lies before is not drawn"
    assert heights[0][0] < heights[0][1], "an entry points up"
    assert heights[1][0] > heights[1][1], "an exit points down"
    assert all(0 <= y <= HEIGHT for points in heights for y in points)
    assert "sold, by your wallets" in words(chart_svg(structs.replace(drawn_chart, marks=marks)))
    assert "sold, by your wallets" not in words(chart_svg(drawn_chart))


def test_its_words_are_the_readers() -> None:
    texts = words(chart_svg(structs.replace(chart(), locale=locale_of("ru"))))
    assert texts[2] == "за 24h · кап. $412M · ликв. $4,4M"


@pytest.mark.parametrize("language", ["en", "es", "ru", "zh"])
def test_the_words_of_a_mark_end_before_the_next_one(language: str) -> None:
    seen = chart()
    mark = Mark(at=seen.until, usd=seen.usd, is_entry=True)
    tree = ET.fromstring(chart_svg(structs.replace(seen, marks=[mark], locale=locale_of(language))))
    bought, sold = (one for one in tree.iter(f"{NAMESPACE}text") if one.get("y") == "170.0")
    width = 34 if language == "zh" else 21
    assert float(bought.get("x", 0)) + width * len(bought.text or "") < float(sold.get("x", 0)) - 40
