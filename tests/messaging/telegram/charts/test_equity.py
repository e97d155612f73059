"""The curve of a wallet as text: within the picture, in order, with what came of it."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from domain.positions.equity import Step
from messaging.languages.choice import locale_of
from messaging.telegram.charts.equity import Equity, equity_svg
from messaging.telegram.charts.png import equity_png
from messaging.telegram.charts.shapes import HEIGHT, TITLE, WIDTH, Theme

NAMESPACE = "{http://www.w3.org/2000/svg}"
SOL = 10**9
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def equity(*gains: int, name: str = "Ahab", theme: Theme = Theme.DARK) -> Equity:
    steps = [Step(at=BEGIN + timedelta(days=at), gain=gain * SOL) for at, gain in enumerate(gains)]
    return Equity(name=name, steps=steps, theme=theme)


def words(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{NAMESPACE}text")]


def test_it_says_whose_curve_it_is_and_what_came_of_it() -> None:
    texts = words(equity_svg(equity(3, -1, 4)))
    assert texts[:3] == ["Ahab", "+6 SOL", "3 round trips, 2 won · after fees"]
    assert {"1 Mar", "3 Mar", "0"} <= set(texts)


@pytest.mark.parametrize("gains", [(0,), (5,), (-5, -7), tuple(range(-60, 60)), (10**6, -(10**6), 1)])
def test_everything_lies_within_the_picture(gains: tuple[int, ...]) -> None:
    tree = ET.fromstring(equity_svg(equity(*gains)))
    circles = [*tree.iter(f"{NAMESPACE}circle")]
    assert len(circles) == len(gains)
    for one in circles:
        assert 0 <= float(one.get("cx", -1)) <= WIDTH
        assert 0 <= float(one.get("cy", -1)) <= HEIGHT


def test_a_name_of_people_draws_nothing() -> None:
    svg = equity_svg(equity(1, name="<circle r=9/>\u202e" * 9))
    assert len([*ET.fromstring(svg).iter(f"{NAMESPACE}circle")]) == 1


@pytest.mark.parametrize("theme", list(Theme))
def test_it_is_a_picture_in_both_looks(theme: Theme) -> None:
    assert equity_png(equity(3, -1, theme=theme)).startswith(b"\x89PNG")


def test_its_words_are_the_readers() -> None:
    texts = words(equity_svg(structs.replace(equity(3, -1, 4), locale=locale_of("es"))))
    assert texts[2] == "3 ciclos completos, 2 ganadas · tras comisiones"


@pytest.mark.parametrize("gain", [1, -(10**6), 10**9])
def test_a_long_name_leaves_room_for_what_came_of_it(gain: int) -> None:
    name, made, *_ = words(equity_svg(equity(gain, name="W" * 60)))
    assert name.endswith("…")
    assert (len(name) + len(made)) * TITLE * 0.6 < WIDTH
