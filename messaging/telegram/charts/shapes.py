"""What all charts are drawn with: the frame, the plot and its axes, text, lines, boxes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from msgspec import Struct

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape

WIDTH, HEIGHT = 1080, 720
FONT = {"font_family": "DejaVu Sans"}
TITLE, WORDS, FIGURES = 52, 36, 33
"""Sizes of letters; on a phone a picture is shown at a third of its width."""


_DRAWN_LANGUAGES = frozenset({"en", "es", "ru", "zh"})
"""Languages of which the font has every letter."""


def drawn_locale(locale: Locale) -> Locale:
    """In what the words of a picture are said: English where the font lacks the letters of a language."""
    return locale if locale.language in _DRAWN_LANGUAGES else ENGLISH


class Theme(StrEnum):
    """What a chart looks like."""

    DARK = "dark"
    LIGHT = "light"


class Colours(Struct, frozen=True):
    """The colours of one theme."""

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
"""Of Telegram's own two themes; each text has a contrast of 4.5 or more to its background."""


class Plot(Struct, frozen=True, kw_only=True):
    """The field of a chart between its margins, with what its edges stand for."""

    low: Decimal
    high: Decimal
    begin: float
    """Unix seconds at the left edge."""
    seconds: float
    """From the left edge to the right one."""
    left: int
    right: int
    top: int
    bottom: int
    """Margins around the field."""

    def x(self, at: float) -> float:
        """Where a moment is drawn, in Unix seconds."""
        return self.left + (at - self.begin) / self.seconds * (WIDTH - self.left - self.right)

    def y(self, value: Decimal) -> float:
        """Where a value is drawn."""
        share = float((value - self.low) / (self.high - self.low))
        return self.top + (1 - share) * (HEIGHT - self.top - self.bottom)


def picture(colours: Colours, parts: Iterable[str]) -> str:
    """An SVG document of the usual size, with these parts on the background."""
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"{attributes(FONT)}>'
    return "\n".join([begin, box((0, 0), (WIDTH, HEIGHT), colours.background), *parts, "</svg>"])


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round values between two, three to eight of them."""
    rough = (high - low) / _TICKS
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * factor for factor in _STEPS if unit * factor >= rough)
    first = int((low / step).to_integral_value(ROUND_CEILING))
    return [number * step for number in range(first, int(high // step) + 1)]


def level(plot: Plot, value: Decimal, colours: Colours) -> str:
    """The line across the plot at a value; that of zero stands out.

    Args:
        plot: whose scale places the line.
        value: within the plot's range.
        colours: of the theme.
    """
    y, is_zero = plot.y(value), value == 0
    colour, width = (colours.faint, "2") if is_zero else (colours.grid, "1")
    return line((plot.left, y), (WIDTH - plot.right, y), colour, stroke_width=width)


def period(plot: Plot, first: str, last: str, colours: Colours) -> Iterator[str]:
    """The first and the last moment below the plot; one that is both stands there once.

    Args:
        plot: below which they stand.
        first: in words, left.
        last: in words, right.
        colours: of the theme.
    """
    y = HEIGHT - plot.bottom + 48
    yield text((plot.left, y), first, FIGURES, colours.faint)
    if last != first:
        yield text((WIDTH - plot.right, y), last, FIGURES, colours.faint, text_anchor="end")


def text(at: tuple[float, float], words: str, size: int, colour: str, **more: str) -> str:
    """Words whose base begins at a point.

    Args:
        at: pixels from the left and from the top.
        words: plain; they are escaped here.
        size: of the font, in pixels.
        colour: as SVG writes it.
        more: other attributes of SVG, with `_` for `-`.
    """
    x, y = at
    position = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}"'
    return f'<text {position} fill="{colour}"{attributes(more)}>{escape(words)}</text>'


def line(begin: tuple[float, float], end: tuple[float, float], colour: str, **more: str) -> str:
    """A line between two points.

    Args:
        begin: pixels from the left and from the top.
        end: the same.
        colour: as SVG writes it.
        more: other attributes of SVG, with `_` for `-`.
    """
    (x1, y1), (x2, y2) = begin, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{attributes(more)}/>'
    )


def box(at: tuple[float, float], size: tuple[float, float], colour: str, **more: str) -> str:
    """A filled rectangle from its upper left corner.

    Args:
        at: pixels from the left and from the top.
        size: width and height, in pixels.
        colour: as SVG writes it.
        more: other attributes of SVG, with `_` for `-`.
    """
    (x, y), (width, height) = at, size
    sides = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {sides} fill="{colour}"{attributes(more)}/>'


def attributes(values: Mapping[str, str]) -> str:
    """Attributes of our own as XML; their names with hyphens for underscores."""
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in values.items())


def triangle(at: tuple[float, float], colour: str, edge: str, *, is_up: bool) -> str:
    """A mark whose tip stands at a point, with an edge in another colour.

    Args:
        at: pixels from the left and from the top.
        colour: of the inside.
        edge: colour of the border.
        is_up: the tip is its upper corner.
    """
    x, y = at
    base = y + _MARK if is_up else y - _MARK
    points = f"{x:.1f},{y:.1f} {x - _MARK * 0.6:.1f},{base:.1f} {x + _MARK * 0.6:.1f},{base:.1f}"
    return f'<polygon points="{points}" fill="{colour}" stroke="{edge}" stroke-width="3"/>'


_MARK = 30
"""Height of a mark; on a phone a third of it."""
_TICKS = 6
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
