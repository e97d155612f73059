"""The curve of what a wallet has made, round trip by round trip, made to be read on a phone. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import as_decimal, short_number
from domain.positions.equity import Step
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.charts.shapes import (
    COLOURS,
    FIGURES,
    TITLE,
    WIDTH,
    WORDS,
    Colours,
    Plot,
    Theme,
    drawn_locale,
    level,
    period,
    picture,
    text,
    ticks,
)
from messaging.telegram.escaping import clean

_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 200, 180, 84
_DOT = 9
_SIGN_WIDTH = 0.68
"""The width of a bold letter on average, as a part of its size; more than names need."""
_MAX_NAME = 24


class Equity(Struct, frozen=True, kw_only=True):
    """What a curve shows."""

    name: str
    """What the chat calls the wallet, or its shortened address."""
    steps: Sequence[Step]
    """In the order of time, at least one."""
    theme: Theme = Theme.DARK
    locale: Locale = ENGLISH
    """Of the reader; see `drawn_locale`."""


def equity_svg(equity: Equity) -> str:
    """The picture as SVG."""
    colours, sums = COLOURS[equity.theme], _sums(equity.steps)
    plot = _plot(equity.steps, sums)
    parts = [
        *_head(equity, sums[-1], colours),
        *_axes(equity.steps, plot, colours),
        *_curve(equity.steps, sums, plot, colours),
    ]
    return picture(colours, parts)


def _sums(steps: Sequence[Step]) -> list[Decimal]:
    """SOL made after each step."""
    total, found = 0, []
    for step in steps:
        total += step.gain
        found.append(as_decimal(total, SOL_DECIMALS))
    return found


def _plot(steps: Sequence[Step], sums: Sequence[Decimal]) -> Plot:
    low, high = min(*sums, Decimal(0)), max(*sums, Decimal(0))
    margin = (high - low) * Decimal("0.08") or Decimal(1)
    begin, end = steps[0].at.timestamp(), steps[-1].at.timestamp()
    spare = max(end - begin, 3_600.0) * 0.04
    return Plot(
        low=low - margin,
        high=high + margin,
        begin=begin - spare,
        seconds=end - begin + 2 * spare,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        bottom=_BOTTOM,
    )


def _head(equity: Equity, total: Decimal, colours: Colours) -> Iterator[str]:
    """Return whose curve, what came of it, and of how many round trips."""
    right, colour = WIDTH - _LEFT, colours.down if total < 0 else colours.up
    made = f"{_signed(total)} SOL"
    room = int((right - _LEFT) / (TITLE * _SIGN_WIDTH)) - len(made) - 1
    name = clean(equity.name, limit=min(_MAX_NAME, room))
    yield text((_LEFT, 66), name, TITLE, colours.text, font_weight="bold")
    yield text((right, 66), made, TITLE, colour, font_weight="bold", text_anchor="end")
    won = sum(step.gain > 0 for step in equity.steps)
    locale = drawn_locale(equity.locale)
    trips = locale.ngettext("{number} round trip", "{number} round trips", len(equity.steps))
    gained = locale.ngettext("{number} won", "{number} won", won)
    words = f"{trips}, {gained} · {locale.gettext('after fees')}"
    yield text((_LEFT, 128), words, WORDS, colours.faint)


def _axes(steps: Sequence[Step], plot: Plot, colours: Colours) -> Iterator[str]:
    for sol in ticks(plot.low, plot.high):
        yield level(plot, sol, colours)
        yield text((WIDTH - _RIGHT + 14, plot.y(sol) + 12), _signed(sol), FIGURES, colours.faint)
    first, last = (_day(one.at) for one in (steps[0], steps[-1]))
    yield from period(plot, first, last, colours)


def _curve(steps: Sequence[Step], sums: Sequence[Decimal], plot: Plot, colours: Colours) -> Iterator[str]:
    """A line over the steps, and a dot for each: in its colour a gain or a loss."""
    points = [(plot.x(step.at.timestamp()), plot.y(total)) for step, total in zip(steps, sums, strict=True)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(float(_LEFT), plot.y(Decimal(0))), *points])
    yield f'<polyline points="{path}" fill="none" stroke="{colours.text}" stroke-width="4"/>'
    for step, (x, y) in zip(steps, points, strict=True):
        colour = colours.down if step.gain < 0 else colours.up
        edge = f'stroke="{colours.background}" stroke-width="3"'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}" fill="{colour}" {edge}/>'


def _signed(sol: Decimal) -> str:
    sign = "−" if sol < 0 else "+" if sol > 0 else ""
    return f"{sign}{short_number(abs(sol))}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%-d %b}"
