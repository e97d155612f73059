"""The chart of a token's price as SVG text, made to be read on a phone: large figures, few lines. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from domain.activity.addresses import short
from domain.activity.amounts import price_number
from domain.tokens.candles import RANGES, Candle, ChartRange
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.charts.shapes import (
    COLOURS,
    FIGURES,
    HEIGHT,
    TITLE,
    WIDTH,
    WORDS,
    Colours,
    Plot,
    Theme,
    attributes,
    box,
    drawn_locale,
    line,
    picture,
    text,
    ticks,
    triangle,
)
from messaging.telegram.escaping import clean
from messaging.telegram.texts.market import change, short_dollars

_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 240, 180, 84
"""Around the candles: the axis of prices is on the right, that of times below."""
_VOLUME_HEIGHT = 84
"""Of the bars at the bottom of the candles' field."""
_FIGURE_HEIGHT = 46
_MAX_CHARACTER = 0x52F
"""Up to here, Latin, Greek and Cyrillic, the font has every letter."""
_DRAWN = frozenset("․’…−—–•€₿")
"""Signs beyond that the font has, and that cleaned names hold."""
_TIMES = {
    ChartRange.HOUR: (900, "%H:%M"),
    ChartRange.DAY: (21_600, "%H:%M"),
    ChartRange.WEEK: (172_800, "%d %b"),
    ChartRange.MONTH: (604_800, "%d %b"),
}
"""Seconds between the times on the axis, and how they are written."""
_MIN_SPREAD = Decimal("0.002")
"""Of the price, that the axis spans at least: a stable coin's chart is a line, no noise."""
_MARGIN = Decimal("0.06")
_SIGN_WIDTH = 0.64
"""The width of a letter on average, as a part of its size."""


class Mark(Struct, frozen=True, kw_only=True):
    """A trade of a followed wallet."""

    at: datetime
    usd: Decimal
    """What one token went for in it."""
    is_entry: bool
    """Whether the token was bought; else it was sold."""


class Chart(Struct, frozen=True, kw_only=True):
    """What a chart shows."""

    symbol: str
    """As the chain says it, hostile."""
    mint: str
    usd: Decimal
    """The price now."""
    candles: Sequence[Candle]
    """Oldest first, of the size that the range draws."""
    until: datetime
    """Where the axis of times ends."""
    range: ChartRange
    market_cap: Decimal | None = None
    liquidity: Decimal | None = None
    theme: Theme = Theme.DARK
    marks: Sequence[Mark] = ()
    """Entries and exits of wallets that the chat follows."""
    locale: Locale = ENGLISH
    """Of the reader; see `drawn_locale`."""


def chart_svg(chart: Chart) -> str:
    """The picture as SVG; without a candle it says that there is none yet."""
    colours, plot = COLOURS[chart.theme], _plot(chart)
    parts = [
        *_head(chart, colours),
        *_price_axis(chart, plot, colours),
        *_time_axis(chart, plot, colours),
        *_volumes(chart, plot, colours),
        *_bars(chart, plot, colours),
        *_marks(chart, plot, colours),
        *_now(chart, plot, colours),
    ]
    return picture(colours, parts)


def _plot(chart: Chart) -> Plot:
    prices = [chart.usd, *(one.low for one in chart.candles), *(one.high for one in chart.candles)]
    low, high = min(prices), max(prices)
    missing = max(Decimal(0), high * _MIN_SPREAD - (high - low)) / 2
    margin = (high - low + 2 * missing) * _MARGIN
    length = RANGES[chart.range].length
    return Plot(
        low=max(Decimal(0), low - missing - margin),
        high=high + missing + margin,
        begin=chart.until.timestamp() - length,
        seconds=length,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        bottom=_BOTTOM,
    )


def _head(chart: Chart, colours: Colours) -> Iterator[str]:
    """Symbol and price, how it changed, and the token's market."""
    right = WIDTH - _LEFT
    yield text((_LEFT, 66), _name(chart), TITLE, colours.text, font_weight="bold")
    yield text((right, 66), f"${price_number(chart.usd)}", TITLE, colours.text, text_anchor="end")
    locale = drawn_locale(chart.locale)
    market = [locale.gettext("last {range}", range=chart.range)]
    for value, words in (
        (chart.market_cap, gettext_noop("MC {dollars}")),
        (chart.liquidity, gettext_noop("liq {dollars}")),
    ):
        if value is not None:
            market.append(locale.gettext(words, dollars=locale.figure(short_dollars(value))))
    yield text((_LEFT, 128), " · ".join(market), WORDS, colours.faint)
    if chart.candles and chart.candles[0].open:
        share = chart.usd / chart.candles[0].open - 1
        colour = colours.down if share < 0 else colours.up
        yield text((right, 128), change(share), WORDS, colour, font_weight="bold", text_anchor="end")


def _name(chart: Chart) -> str:
    """The symbol, where the font has all of its letters; else the shortened mint."""
    symbol = clean(chart.symbol)
    is_drawn = symbol and all(ord(one) <= _MAX_CHARACTER or one in _DRAWN for one in symbol)
    return symbol if is_drawn else short(chart.mint)


def _price_axis(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    """Round prices; their figures where that of the price now leaves room."""
    now, right = plot.y(chart.usd), WIDTH - _RIGHT
    for usd in ticks(plot.low, plot.high):
        y = plot.y(usd)
        yield line((_LEFT, y), (right, y), colours.grid)
        if abs(y - now) > _FIGURE_HEIGHT:
            yield text((right + 14, y + 12), price_number(usd), FIGURES, colours.faint)


def _time_axis(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    step, pattern = _TIMES[chart.range]
    bottom, first = HEIGHT - _BOTTOM, plot.begin
    for number in range(1, int(plot.seconds // step) + 1):
        moment = datetime.fromtimestamp((first // step + number) * step, UTC)
        x = plot.x(moment.timestamp())
        if x <= WIDTH - _RIGHT:
            yield line((x, _TOP), (x, bottom), colours.grid)
            yield text((x, bottom + 48), f"{moment:{pattern}}", FIGURES, colours.faint, text_anchor="middle")
    yield text((WIDTH - _LEFT, bottom + 48), "UTC", FIGURES, colours.faint, text_anchor="end")


def _volumes(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    """Return what followed wallets traded, as faint bars from the bottom."""
    largest = max((one.volume for one in chart.candles), default=Decimal(0))
    width = _bar_width(chart, plot)
    for one in chart.candles if largest else ():
        height = float(one.volume / largest) * _VOLUME_HEIGHT
        at = (_centre(chart, plot, one) - width / 2, HEIGHT - _BOTTOM - height)
        yield box(at, (width, height), colours.faint, opacity="0.3")


def _bars(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    if not chart.candles:
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        yield text(
            (middle, 250),
            drawn_locale(chart.locale).gettext("no prices seen yet"),
            WORDS,
            colours.faint,
            text_anchor="middle",
        )
        return
    width = _bar_width(chart, plot)
    path = " ".join(f"{_centre(chart, plot, one):.1f},{plot.y(one.close):.1f}" for one in chart.candles)
    stroke = {"stroke": colours.faint, "stroke_width": "2", "opacity": "0.5"}
    yield f'<polyline points="{path}" fill="none"{attributes(stroke)}/>'
    for one in chart.candles:
        colour, x = colours.up if one.close >= one.open else colours.down, _centre(chart, plot, one)
        top, bottom = plot.y(max(one.open, one.close)), plot.y(min(one.open, one.close))
        yield line((x, plot.y(one.high)), (x, plot.y(one.low)), colour, stroke_width="3")
        yield box((x - width / 2, top), (width, max(bottom - top, 3)), colour)


def _drawn_marks(chart: Chart) -> list[Mark]:
    """Those within the time of the picture."""
    begin = chart.until - timedelta(seconds=RANGES[chart.range].length)
    return [one for one in chart.marks if begin <= one.at <= chart.until]


def _marks(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    """Entries point up from below their price, exits down from above it; and what that means."""
    drawn = _drawn_marks(chart)
    if drawn:
        yield triangle((_LEFT + 18, 142), colours.up, colours.background, is_up=True)
        locale = drawn_locale(chart.locale)
        bought = locale.gettext("bought")
        yield text((_LEFT + 46, 170), bought, FIGURES, colours.faint)
        left = _LEFT + max(200.0, 82 + len(bought) * FIGURES * _SIGN_WIDTH)
        yield triangle((left, 172), colours.down, colours.background, is_up=False)
        yield text((left + 28, 170), locale.gettext("sold, by your wallets"), FIGURES, colours.faint)
    for one in drawn:
        y = plot.y(min(max(one.usd, plot.low), plot.high))
        colour = colours.up if one.is_entry else colours.down
        yield triangle((plot.x(one.at.timestamp()), y), colour, colours.background, is_up=one.is_entry)


def _now(chart: Chart, plot: Plot, colours: Colours) -> Iterator[str]:
    """The price now, across the chart and on its axis."""
    y, right = plot.y(chart.usd), WIDTH - _RIGHT
    yield line((_LEFT, y), (right, y), colours.text, stroke_width="2", stroke_dasharray="6 8")
    yield box((right + 6, y - 26), (WIDTH - right - 12, 52), colours.text, rx="8")
    yield text((right + 14, y + 12), price_number(chart.usd), FIGURES, colours.background, font_weight="bold")


def _centre(chart: Chart, plot: Plot, one: Candle) -> float:
    """The middle of its time, within the axis."""
    middle = one.begins.timestamp() + RANGES[chart.range].drawn / 2
    return min(max(plot.x(middle), _LEFT), WIDTH - _RIGHT)


def _bar_width(chart: Chart, plot: Plot) -> float:
    share = RANGES[chart.range].drawn / plot.seconds
    return max(3.0, share * (WIDTH - _LEFT - _RIGHT) * 0.7)
