"""The picture as a file."""

import struct
from pathlib import Path

import pytest
from msgspec import structs

from messaging.languages.choice import LANGUAGES, locale_of
from messaging.telegram.charts.png import FONTS, chart_png
from messaging.telegram.charts.shapes import HEIGHT, WIDTH, Theme
from tests.messaging.telegram.charts.characters import characters_of
from tests.messaging.telegram.charts.samples import chart
from tools.chart_font import FONT, signs_of


@pytest.mark.parametrize("theme", list(Theme))
def test_it_is_a_png_of_its_size_and_small(theme: Theme) -> None:
    picture = chart_png(chart(theme=theme))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
    assert len(picture) < 200_000


def test_text_is_drawn_with_our_own_fonts() -> None:
    assert {Path(font).name for font in FONTS} == {
        "DejaVuSans.ttf",
        "DejaVuSans-Bold.ttf",
        "DroidSansFallback.ttf",
    }
    assert len(chart_png(chart("WWWWWWWWWW"))) > len(chart_png(chart("."))) + 500


def test_a_picture_in_each_language_differs_by_its_words() -> None:
    pictures = {chart_png(structs.replace(chart(), locale=locale_of(one))) for one in LANGUAGES}
    assert len(pictures) == len(LANGUAGES)


def test_the_font_of_chinese_has_every_sign_of_its_texts_and_no_more() -> None:
    """After a change of the texts: python -m tools.chart_font, with the whole font."""
    assert characters_of(FONT) == set(signs_of())
    assert FONT.stat().st_size < 200_000
