"""Candles: what a token cost within a minute or an hour; and which prices make them. Pure.

Anybody may trade with himself at any price. So a price that jumps makes a candle only where a pool shows it
that is as deep as others of the token; a smaller step is believed of any trade at a venue. What neither shows
is a claim, until another wallet trades at about that price. Where a pool is known to be deep, only what pools
show sets the price: of another trade only the amount counts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, structs

from domain.activity.activity import SOL, TRADES, Activity
from domain.activity.amounts import as_decimal
from domain.activity.prices import DOLLAR_MINTS, Dollars, dollar_value
from domain.tokens.market_price import MIN_QUOTE, RIVAL_SHARE, quote_dollars, shows_price

MINUTE, HOUR = 60, 3600
"""Seconds of the candles that are kept."""
MAX_STEP = 2
"""A price more than so many times the one before, or less than that part of it, is a jump."""
STEP_TIME = timedelta(hours=1)
"""After this long without a price any is believed."""


class SeenPrice(Struct, frozen=True, kw_only=True):
    """A price of a token at a moment, in dollars for one whole token."""

    chain: str
    mint: str
    usd: Decimal
    at: datetime
    volume: Decimal = Decimal(0)
    """Dollars that were traded."""
    wallet: str = ""
    """Who traded; empty: a pool was read."""
    is_certain: bool = False
    """Whether it is that of money, or a pool of enough depth shows it; else somebody may have made it up."""


class Candle(Struct, frozen=True, kw_only=True):
    """What a token cost within some time, in dollars."""

    begins: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)


class PriceBefore(Struct, frozen=True, kw_only=True):
    """What is known of a token before a trade is checked."""

    usd: Decimal | None = None
    """The latest price; None: there is none."""
    at: datetime | None = None
    """Of that price."""
    deepest: Decimal = Decimal(0)
    """Dollars of the quote in its deepest pool, as far as that was seen."""
    claim: SeenPrice | None = None
    """The latest trade whose price nobody else has shown, or the latest that was believed."""


class FillPrice(Struct, frozen=True, kw_only=True):
    """The price that a trade shows."""

    seen: SeenPrice
    is_believed: bool
    """Else it is a claim, which another wallet may confirm."""


def fill_price(
    activity: Activity, at: datetime, dollars: Dollars, before: PriceBefore | None
) -> FillPrice | None:
    """The price that a trade shows; None: it shows none.

    Args:
        activity: what happened.
        at: when.
        dollars: what prices are given in was worth then.
        before: what is known of its token.
    """
    found = _of_trade(activity, at, dollars)
    if found is None:
        return None
    (seen, quote_usd), known = found, before or PriceBefore()
    by_pool = quote_usd is not None and quote_usd * RIVAL_SHARE >= known.deepest
    if by_pool:
        return FillPrice(seen=structs.replace(seen, is_certain=True), is_believed=True)
    at_venue = activity.venue is not None and not is_jump(seen.usd, at, known)
    if known.deepest >= MIN_QUOTE:
        return _volume_alone(seen, known) if at_venue else None
    return FillPrice(seen=seen, is_believed=at_venue or _is_confirmed(seen, known.claim))


def _volume_alone(seen: SeenPrice, known: PriceBefore) -> FillPrice | None:
    """Return what was traded, beside the price before, which stays as old as it is; None: there is none."""
    if known.usd is None or known.at is None:
        return None
    return FillPrice(seen=structs.replace(seen, usd=known.usd, at=known.at), is_believed=True)


def _of_trade(activity: Activity, at: datetime, dollars: Dollars) -> tuple[SeenPrice, Decimal | None] | None:
    """The price of a trade, and the dollars of the quote in its pool where those are shown."""
    price, traded = activity.price, dollar_value(activity, dollars)
    if price is None or activity.kind not in TRADES or price.token in DOLLAR_MINTS | {SOL}:
        return None
    quote = quote_dollars(activity.chain, price.quote, dollars)
    if quote is None or traded is None:
        return None
    deep, spread = (
        None if raw is None else as_decimal(raw, price.quote_decimals) * quote
        for raw in (price.liquidity_quote, price.vault_quote)
    )
    if not shows_price(usd=traded, impact=price.impact, quote_usd=spread if deep is None else deep):
        return None
    usd = (price.fill if price.spot is None else price.spot) * quote
    seen = SeenPrice(
        chain=activity.chain, mint=price.token, usd=usd, at=at, volume=traded, wallet=activity.wallet
    )
    return seen, deep


def _is_confirmed(seen: SeenPrice, claim: SeenPrice | None) -> bool:
    """Return whether another wallet has traded at about this price recently."""
    if claim is None or claim.wallet == seen.wallet or abs(seen.at - claim.at) > STEP_TIME:
        return False
    return not is_jump(seen.usd, seen.at, PriceBefore(usd=claim.usd, at=claim.at))


def is_jump(usd: Decimal, at: datetime, before: PriceBefore) -> bool:
    """Return whether a price is far from the one before, which is not long ago.

    Args:
        usd: dollars for one whole token.
        at: when that was seen; compared in either direction, since trades need not come in order.
        before: the price that was believed last; none, or one older than `STEP_TIME`: nothing is a jump.
    """
    if before.usd is None or before.at is None or abs(at - before.at) > STEP_TIME:
        return False
    return usd > before.usd * MAX_STEP or before.usd > usd * MAX_STEP


def with_price(known: Mapping[str, PriceBefore], fill: FillPrice) -> dict[str, PriceBefore]:
    """Return what is known of tokens once one more trade was seen."""
    seen = fill.seen
    before = structs.replace(known.get(seen.mint, PriceBefore()), claim=seen)
    if fill.is_believed and (before.at is None or seen.at >= before.at):
        before = structs.replace(before, usd=seen.usd, at=seen.at)
    return {**known, seen.mint: before}


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
