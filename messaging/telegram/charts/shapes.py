"""What pictures are drawn with: sizes for a phone, Telegram's colours, letters, lines, boxes. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape

WIDTH, HEIGHT = 1080, 720
FONT = {"font_family": "DejaVu Sans"}
TITLE, WORDS, FIGURES = 52, 36, 33
"""Sizes of letters; on a phone a picture is shown at a third of its width."""


_DRAWN_LANGUAGES = frozenset({"en", "es", "ru"})
"""Languages of which the font has every letter."""


def drawn_locale(locale: Locale) -> Locale:
    """In what the words of a picture are said: English where the font lacks the letters of a language."""
    return locale if locale.language in _DRAWN_LANGUAGES else ENGLISH


class Theme(StrEnum):
    """What a chart looks like."""

    DARK = "dark"
    LIGHT = "light"


class Colours(Struct, frozen=True):
    """Of one look."""

    background: str
    text: str
    faint: str
    grid: str
    up: str
    down: str


COLOURS = {
    Theme.DARK: Colours("#17212b", "#ffffff", "#8fa3b5", "#2a3a49", "#2fbf71", "#ef5b5b"),
    Theme.LIGHT: Colours("#ffffff", "#17212b", "#5f7283", "#e3e9ee", "#0f8245", "#d13438"),
}
"""Of Telegram's own two looks; each text has a contrast of 4.5 or more to its background."""


def text(at: tuple[float, float], words: str, size: int, colour: str, **more: str) -> str:
    """Words whose base begins at a point."""
    x, y = at
    position = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}"'
    return f'<text {position} fill="{colour}"{attributes(more)}>{escape(words)}</text>'


def line(begin: tuple[float, float], end: tuple[float, float], colour: str, **more: str) -> str:
    """A line between two points."""
    (x1, y1), (x2, y2) = begin, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{attributes(more)}/>'
    )


def box(at: tuple[float, float], size: tuple[float, float], colour: str, **more: str) -> str:
    """A filled rectangle from its upper left corner."""
    (x, y), (width, height) = at, size
    sides = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {sides} fill="{colour}"{attributes(more)}/>'


def attributes(values: Mapping[str, str]) -> str:
    """Attributes of our own as XML; their names with hyphens for underscores."""
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in values.items())


def triangle(at: tuple[float, float], colour: str, edge: str, *, is_up: bool) -> str:
    """A mark whose tip stands at a point, with an edge in another colour."""
    x, y = at
    base = y + _MARK if is_up else y - _MARK
    points = f"{x:.1f},{y:.1f} {x - _MARK * 0.6:.1f},{base:.1f} {x + _MARK * 0.6:.1f},{base:.1f}"
    return f'<polygon points="{points}" fill="{colour}" stroke="{edge}" stroke-width="3"/>'


_MARK = 30
"""Height of a mark; on a phone a third of it."""
