"""The picture as a file."""

import struct

import pytest

from messaging.telegram.charts.png import FONTS, chart_png
from messaging.telegram.charts.shapes import HEIGHT, WIDTH, Theme
from tests.messaging.telegram.charts.samples import chart


@pytest.mark.parametrize("theme", list(Theme))
def test_it_is_a_png_of_its_size_and_small(theme: Theme) -> None:
    picture = chart_png(chart(theme=theme))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
    assert len(picture) < 200_000


def test_text_is_drawn_with_our_own_fonts() -> None:
    assert len(FONTS) == 2
    assert len(chart_png(chart("WWWWWWWWWW"))) > len(chart_png(chart("."))) + 500
