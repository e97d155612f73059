"""Estimates a follower's fill at their own trade size, from the pool of the alerted trade. Pure.

A pool of a constant product gives base * x / (quote + x) for x of the quote, its fee kept back. What it holds
after the trade stands in the trade itself, so that nothing is asked of anybody. A pool that concentrates its
liquidity is one of these near its price. A curve takes its fees beside what it exchanges.
"""

from dataclasses import dataclass
from decimal import Context, Decimal

from domain.activity.activity import Activity
from domain.activity.amounts import as_decimal
from domain.activity.prices import MarketFacts, fill_in_dollars

_DIGITS = Context(prec=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSize:
    """What an amount of dollars would buy now."""

    tokens: Decimal
    """Whole tokens."""
    impact: Decimal
    """By which part of the price now one would pay more, the pool's fee included."""
    above_fill: Decimal
    """By which part of what the wallet paid for one token one would pay more; below zero: less."""


def own_size(
    activity: Activity, market: MarketFacts, usd: Decimal, drift: Decimal | None = None
) -> OwnSize | None:
    """What so many dollars would buy in the pool of a purchase; None: the trade does not show its pool.

    Args:
        activity: the purchase.
        market: its worth.
        usd: what is spent, above zero.
        drift: by which part of the fill the price has moved since the trade; None: not known, so the pool
            is taken as the trade left it.
    """
    price, fill_usd = activity.price, fill_in_dollars(activity, market)
    if price is None or not price.spot or not price.depth_quote or not fill_usd or not market.price_usd:
        return None
    moved = Decimal(1) if drift is None else _DIGITS.divide((1 + drift) * fill_usd, market.price_usd)
    spent = _DIGITS.divide(usd * price.spot, market.price_usd)
    extra = price.extra_fee or Decimal(0)
    counted = spent * (1 - extra) * (1 - (price.fee or 0))
    if moved <= 0 or counted <= 0:
        return None
    spot, quote = (
        price.spot * moved,
        as_decimal(price.depth_quote, price.quote_decimals) * _DIGITS.sqrt(moved),
    )
    tokens = _DIGITS.divide(quote * counted, spot * (quote + counted))
    paid = _DIGITS.divide(spent, tokens)
    return OwnSize(
        tokens=tokens,
        impact=_DIGITS.divide(paid, spot) - 1,
        above_fill=_DIGITS.divide(paid * (1 - extra), price.fill) - 1,
    )
