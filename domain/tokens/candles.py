"""Candles: what a token cost within a minute or an hour; and which prices make them. Pure.

Anybody may trade with himself at any price. So a price that jumps makes a candle only where a pool shows it
that is as deep as others of the token; a smaller step is believed of any trade at a venue.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, structs

from domain.activity.activity import SOL, TRADES, Activity
from domain.activity.amounts import as_decimal
from domain.activity.prices import DOLLAR_MINTS, Dollars, dollar_value
from domain.tokens.market_price import RIVAL_SHARE, quote_dollars, shows_price

MINUTE, HOUR = 60, 3600
"""Seconds of the candles that are kept."""
MAX_STEP = 2
"""A price more than so many times the one before, or less than that part of it, is a jump."""
STEP_TIME = timedelta(hours=1)
"""After so long without a price any is believed."""


class SeenPrice(Struct, frozen=True, kw_only=True):
    """A price of a token at a moment, in dollars for one whole token."""

    chain: str
    mint: str
    usd: Decimal
    at: datetime
    volume: Decimal = Decimal(0)
    """Dollars that were traded."""


class Candle(Struct, frozen=True, kw_only=True):
    """What a token cost within some time, in dollars."""

    begins: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)


class PriceBefore(Struct, frozen=True, kw_only=True):
    """What is known of a token before a trade is looked at."""

    usd: Decimal | None = None
    """The latest price; None: there is none."""
    at: datetime | None = None
    """Of that price."""
    deepest: Decimal = Decimal(0)
    """Dollars of the quote in its deepest pool, as far as that was seen."""


def fill_price(
    activity: Activity, at: datetime, dollars: Dollars, before: PriceBefore | None
) -> SeenPrice | None:
    """The price that a trade shows; None: it shows none that can be believed.

    Args:
        activity: what happened.
        at: when.
        dollars: what prices are given in was worth then.
        before: what is known of its token.
    """
    price = activity.price
    if price is None or activity.kind not in TRADES or price.token in DOLLAR_MINTS | {SOL}:
        return None
    quote = quote_dollars(activity.chain, price.quote, dollars)
    if quote is None:
        return None
    reserve = price.liquidity_quote
    quote_usd = None if reserve is None else as_decimal(reserve, price.quote_decimals) * quote
    traded = dollar_value(activity, dollars)
    if traded is None or not shows_price(usd=traded, impact=price.impact, quote_usd=quote_usd):
        return None
    usd = (price.fill if price.spot is None else price.spot) * quote
    known = before or PriceBefore()
    is_shown = quote_usd is not None and quote_usd * RIVAL_SHARE >= known.deepest
    if not is_shown and (activity.venue is None or is_jump(usd, at, known)):
        return None
    return SeenPrice(chain=activity.chain, mint=price.token, usd=usd, at=at, volume=traded)


def is_jump(usd: Decimal, at: datetime, before: PriceBefore) -> bool:
    """Whether a price is far from the one before, which is not long ago."""
    if before.usd is None or before.at is None or abs(at - before.at) > STEP_TIME:
        return False
    return usd > before.usd * MAX_STEP or before.usd > usd * MAX_STEP


def with_price(known: Mapping[str, PriceBefore], seen: SeenPrice) -> dict[str, PriceBefore]:
    """What is known of tokens once one more price was seen."""
    before = known.get(seen.mint, PriceBefore())
    if before.at is not None and seen.at < before.at:
        return {**known}
    return {**known, seen.mint: PriceBefore(usd=seen.usd, at=seen.at, deepest=before.deepest)}


class ChartRange(StrEnum):
    """How far back a chart reaches."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


class RangeRules(Struct, frozen=True, kw_only=True):
    """What a chart of a range is made of; seconds."""

    length: int
    stored: int
    """Of the candles that are kept."""
    drawn: int
    """Of the candles that are drawn, each of several that are kept."""


RANGES = {
    ChartRange.HOUR: RangeRules(length=HOUR, stored=MINUTE, drawn=MINUTE),
    ChartRange.DAY: RangeRules(length=24 * HOUR, stored=MINUTE, drawn=15 * MINUTE),
    ChartRange.WEEK: RangeRules(length=7 * 24 * HOUR, stored=HOUR, drawn=2 * HOUR),
    ChartRange.MONTH: RangeRules(length=30 * 24 * HOUR, stored=HOUR, drawn=8 * HOUR),
}


def merged(candles: Sequence[Candle], seconds: int) -> list[Candle]:
    """Candles of `seconds` made of smaller ones, oldest first."""
    found: list[Candle] = []
    for one in candles:
        at = one.begins.timestamp()
        begins = datetime.fromtimestamp(at - at % seconds, one.begins.tzinfo)
        if found and found[-1].begins == begins:
            found[-1] = _joined(found[-1], one)
        else:
            found.append(structs.replace(one, begins=begins))
    return found


def _joined(earlier: Candle, later: Candle) -> Candle:
    return structs.replace(
        earlier,
        high=max(earlier.high, later.high),
        low=min(earlier.low, later.low),
        close=later.close,
        volume=earlier.volume + later.volume,
    )
