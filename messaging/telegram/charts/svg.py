"""The chart of a token's price as SVG text, made to be read on a phone: large figures, few lines. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from msgspec import Struct

from domain.activity.addresses import short
from domain.activity.amounts import price_number
from domain.tokens.candles import RANGES, Candle, ChartRange
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.charts.shapes import (
    COLOURS,
    FIGURES,
    FONT,
    HEIGHT,
    TITLE,
    WIDTH,
    WORDS,
    Colours,
    Theme,
    attributes,
    box,
    drawn_locale,
    line,
    text,
    triangle,
)
from messaging.telegram.escaping import clean
from messaging.telegram.texts.market import change, short_dollars

_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 240, 180, 84
"""Around the candles: the axis of prices is on the right, that of times below."""
_VOLUME_HEIGHT = 84
"""Of the bars at the bottom of the candles' field."""
_TICKS = 6
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
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


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


class _Scale(Struct, frozen=True):
    """Where prices and times stand."""

    low: Decimal
    high: Decimal
    begin: datetime
    seconds: float

    def x(self, at: datetime) -> float:
        share = (at - self.begin).total_seconds() / self.seconds
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, usd: Decimal) -> float:
        share = float((usd - self.low) / (self.high - self.low))
        return _TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM)


def chart_svg(chart: Chart) -> str:
    """The picture as SVG; without a candle it says that there is none yet."""
    colours, scale = COLOURS[chart.theme], _scale(chart)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"{attributes(FONT)}>',
        box((0, 0), (WIDTH, HEIGHT), colours.background),
        *_head(chart, colours),
        *_price_axis(chart, scale, colours),
        *_time_axis(chart, scale, colours),
        *_volumes(chart, scale, colours),
        *_bars(chart, scale, colours),
        *_marks(chart, scale, colours),
        *_now(chart, scale, colours),
        "</svg>",
    ]
    return "\n".join(parts)


def _scale(chart: Chart) -> _Scale:
    prices = [chart.usd, *(one.low for one in chart.candles), *(one.high for one in chart.candles)]
    low, high = min(prices), max(prices)
    missing = max(Decimal(0), high * _MIN_SPREAD - (high - low)) / 2
    margin = (high - low + 2 * missing) * _MARGIN
    length = RANGES[chart.range].length
    return _Scale(
        low=max(Decimal(0), low - missing - margin),
        high=high + missing + margin,
        begin=chart.until - timedelta(seconds=length),
        seconds=length,
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


def _price_axis(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
    """Round prices; their figures where that of the price now leaves room."""
    now, right = scale.y(chart.usd), WIDTH - _RIGHT
    for usd in ticks(scale.low, scale.high):
        y = scale.y(usd)
        yield line((_LEFT, y), (right, y), colours.grid)
        if abs(y - now) > _FIGURE_HEIGHT:
            yield text((right + 14, y + 12), price_number(usd), FIGURES, colours.faint)


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round prices between two, three to eight of them."""
    rough = (high - low) / _TICKS
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * factor for factor in _STEPS if unit * factor >= rough)
    first = int((low / step).to_integral_value(ROUND_CEILING))
    return [number * step for number in range(first, int(high // step) + 1)]


def _time_axis(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
    step, pattern = _TIMES[chart.range]
    bottom, first = HEIGHT - _BOTTOM, scale.begin.timestamp()
    for number in range(1, int(scale.seconds // step) + 1):
        moment = datetime.fromtimestamp((first // step + number) * step, UTC)
        x = scale.x(moment)
        if x <= WIDTH - _RIGHT:
            yield line((x, _TOP), (x, bottom), colours.grid)
            yield text((x, bottom + 48), f"{moment:{pattern}}", FIGURES, colours.faint, text_anchor="middle")
    yield text((WIDTH - _LEFT, bottom + 48), "UTC", FIGURES, colours.faint, text_anchor="end")


def _volumes(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
    """What followed wallets traded, as faint bars from the bottom."""
    largest = max((one.volume for one in chart.candles), default=Decimal(0))
    width = _bar_width(chart, scale)
    for one in chart.candles if largest else ():
        height = float(one.volume / largest) * _VOLUME_HEIGHT
        at = (_centre(chart, scale, one) - width / 2, HEIGHT - _BOTTOM - height)
        yield box(at, (width, height), colours.faint, opacity="0.3")


def _bars(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
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
    width = _bar_width(chart, scale)
    path = " ".join(f"{_centre(chart, scale, one):.1f},{scale.y(one.close):.1f}" for one in chart.candles)
    stroke = {"stroke": colours.faint, "stroke_width": "2", "opacity": "0.5"}
    yield f'<polyline points="{path}" fill="none"{attributes(stroke)}/>'
    for one in chart.candles:
        colour, x = colours.up if one.close >= one.open else colours.down, _centre(chart, scale, one)
        top, bottom = scale.y(max(one.open, one.close)), scale.y(min(one.open, one.close))
        yield line((x, scale.y(one.high)), (x, scale.y(one.low)), colour, stroke_width="3")
        yield box((x - width / 2, top), (width, max(bottom - top, 3)), colour)


def _drawn_marks(chart: Chart) -> list[Mark]:
    """Those within the time of the picture."""
    begin = chart.until - timedelta(seconds=RANGES[chart.range].length)
    return [one for one in chart.marks if begin <= one.at <= chart.until]


def _marks(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
    """Entries point up from below their price, exits down from above it; and what that means."""
    drawn = _drawn_marks(chart)
    if drawn:
        yield triangle((_LEFT + 18, 142), colours.up, colours.background, is_up=True)
        locale = drawn_locale(chart.locale)
        yield text((_LEFT + 46, 170), locale.gettext("bought"), FIGURES, colours.faint)
        yield triangle((_LEFT + 200, 172), colours.down, colours.background, is_up=False)
        yield text((_LEFT + 228, 170), locale.gettext("sold, by your wallets"), FIGURES, colours.faint)
    for one in drawn:
        y = scale.y(min(max(one.usd, scale.low), scale.high))
        colour = colours.up if one.is_entry else colours.down
        yield triangle((scale.x(one.at), y), colour, colours.background, is_up=one.is_entry)


def _now(chart: Chart, scale: _Scale, colours: Colours) -> Iterator[str]:
    """The price now, across the chart and on its axis."""
    y, right = scale.y(chart.usd), WIDTH - _RIGHT
    yield line((_LEFT, y), (right, y), colours.text, stroke_width="2", stroke_dasharray="6 8")
    yield box((right + 6, y - 26), (WIDTH - right - 12, 52), colours.text, rx="8")
    yield text((right + 14, y + 12), price_number(chart.usd), FIGURES, colours.background, font_weight="bold")


def _centre(chart: Chart, scale: _Scale, one: Candle) -> float:
    """The middle of its time, within the axis."""
    half = timedelta(seconds=RANGES[chart.range].drawn / 2)
    return min(max(scale.x(one.begins + half), _LEFT), WIDTH - _RIGHT)


def _bar_width(chart: Chart, scale: _Scale) -> float:
    share = RANGES[chart.range].drawn / scale.seconds
    return max(3.0, share * (WIDTH - _LEFT - _RIGHT) * 0.7)
