"""The curve of a paper campaign beside its whale's and beside SOL that is kept, made for a phone. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from domain.paper.progress import Point
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
from messaging.telegram.texts.market import change

MAX_POINTS = 400
_EDGE, _LEFT, _RIGHT, _TOP, _BOTTOM = 36, 180, 170, 180, 84
_APART = 40
"""Between two names beside the ends of curves."""
_MAX_NAME = 24
_DAY = 86_400
_WHALE = {Theme.DARK: "#5aa9f0", Theme.LIGHT: "#1668b8"}


class CampaignCurve(Struct, frozen=True, kw_only=True):
    """What is drawn."""

    name: str
    """Whom the campaign follows."""
    points: Sequence[Point]
    """In the order of time, at least one."""
    holding: int
    """Lamports with which it began."""
    theme: Theme = Theme.DARK
    is_one: bool = True
    """Whether it follows one wallet alone."""
    locale: Locale = ENGLISH
    """Of the reader; see `drawn_locale`."""


def campaign_svg(curve: CampaignCurve) -> str:
    """The picture as SVG."""
    colours, points = COLOURS[curve.theme], _thinned(curve.points)
    own, whale = [_share(one.own, curve) for one in points], [_share(one.whale, curve) for one in points]
    plot = _plot(points, [*own, *whale])
    parts = [
        *_head(curve, own[-1], whale[-1], colours),
        *_axes(points, plot, colours, drawn_locale(curve.locale)),
        _line(points, whale, plot, _WHALE[curve.theme], dashes="14 8"),
        _line(points, own, plot, colours.text),
        *_names(own[-1], whale[-1], plot, curve),
    ]
    return picture(colours, parts)


def _thinned(points: Sequence[Point]) -> list[Point]:
    """So many that each is seen; the last is among them."""
    step = -(-len(points) // MAX_POINTS)
    return [*points][::-1][::step][::-1]


def _share(lamports: int, curve: CampaignCurve) -> Decimal:
    return Decimal(lamports) / curve.holding - 1


def _plot(points: Sequence[Point], shares: Sequence[Decimal]) -> Plot:
    low, high = min(*shares, Decimal(0)), max(*shares, Decimal(0))
    margin = (high - low) * Decimal("0.08") or Decimal("0.01")
    return Plot(
        low=low - margin,
        high=high + margin,
        begin=points[0].at,
        seconds=max(points[-1].at - points[0].at, 1),
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        bottom=_BOTTOM,
    )


def _head(curve: CampaignCurve, own: Decimal, whale: Decimal, colours: Colours) -> Iterator[str]:
    """Whom it follows, what it came to, and what the whale did."""
    right, colour = WIDTH - _EDGE, colours.down if own < 0 else colours.up
    locale = drawn_locale(curve.locale)
    values = {"whale": locale.figure(change(whale)), "copiers": locale.figure(change(own))}
    yield text((_EDGE, 66), clean(curve.name, limit=_MAX_NAME), TITLE, colours.text, font_weight="bold")
    yield text((right, 66), values["copiers"], TITLE, colour, font_weight="bold", text_anchor="end")
    words = (
        locale.gettext("The whale {whale}, its copiers {copiers}", **values)
        if curve.is_one
        else locale.gettext("The whales {whale}, their copiers {copiers}", **values)
    )
    yield text((_EDGE, 128), f"{words} · {locale.gettext('virtual money')}", WORDS, colours.faint)


def _axes(points: Sequence[Point], plot: Plot, colours: Colours, locale: Locale) -> Iterator[str]:
    for share in ticks(plot.low, plot.high):
        yield level(plot, share, colours)
        words = locale.gettext("SOL kept") if share == 0 else locale.figure(change(share))
        yield text((_EDGE, plot.y(share) + 10), words, FIGURES - 4, colours.faint)
    first, last = (_moment(one.at, plot.seconds) for one in (points[0], points[-1]))
    yield from period(plot, first, last, colours)


def _line(
    points: Sequence[Point], shares: Sequence[Decimal], plot: Plot, colour: str, dashes: str = ""
) -> str:
    path = " ".join(
        f"{plot.x(one.at):.1f},{plot.y(share):.1f}" for one, share in zip(points, shares, strict=True)
    )
    style = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="5"{style}/>'


def _names(own: Decimal, whale: Decimal, plot: Plot, curve: CampaignCurve) -> Iterator[str]:
    """Beside the end of each curve whose it is; two that end together stand apart."""
    left, locale = WIDTH - _RIGHT + 14, drawn_locale(curve.locale)
    colours = {
        locale.gettext("copiers"): COLOURS[curve.theme].text,
        locale.gettext("whale"): _WHALE[curve.theme],
    }
    copiers, followed = colours
    high, low = sorted(((plot.y(own), copiers), (plot.y(whale), followed)))
    spare = max(0.0, _APART - (low[0] - high[0])) / 2
    for (y, name), moved in ((high, -spare), (low, spare)):
        yield text((left, y + moved + 10), name, FIGURES, colours[name])


def _moment(at: int, seconds: float) -> str:
    """The day, and the time of day where the whole picture is short."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%-d %b}" if seconds > 3 * _DAY else f"{moment:%-d %b %H:%M} UTC"
