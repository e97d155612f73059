"""Converts an activity into a trade that a campaign sees. Pure.

A price counts as it does for candles: not of a trade under a dollar, of one that moved its pool far, or of a
pool in which next to nothing lies. What is paid in dollars counts as the SOL that they were worth.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, Activity, Leg, TradePrice
from domain.activity.prices import DOLLAR_MINTS, MIN_LAMPORTS, Dollars, dollar_value
from domain.paper.fills import ShownPrice
from domain.paper.trades import SeenTrade
from domain.tokens.market_price import MIN_FILL, quote_dollars, shows_price

MONEY = DOLLAR_MINTS | {SOL}
"""What tokens are traded for; it is no position."""
_NO_DOLLARS: Mapping[str, Decimal] = {}


def seen_trade_of(activity: Activity, at: datetime, dollars: Dollars = _NO_DOLLARS) -> SeenTrade | None:
    """The trade that an activity is; None: it is none.

    Args:
        activity: what a wallet did.
        at: when it happened.
        dollars: what prices are given in was worth then; without SOL's own, only prices in SOL are shown.
    """
    if activity.kind not in TRADES:
        return None
    price = activity.price
    unit = None if price is None else _lamports(activity.chain, price, dollars)
    size = _size(activity, dollars)
    gave = [leg for leg in activity.paid or activity.from_order if leg.mint not in MONEY]
    return SeenTrade(
        signature=activity.signature,
        wallet=activity.wallet,
        at=int(at.timestamp()),
        buys=tuple(leg.mint for leg in activity.received if leg.mint not in MONEY),
        sells=tuple((leg.mint, _share(activity, leg)) for leg in gave),
        token=None if price is None else price.token,
        price=None if price is None or not unit else _price(activity.chain, price, unit, size, dollars),
        fill=None if price is None or not unit or not _is_worth(size) else Fraction(price.fill) * unit,
        is_certain=price is not None and any((price.liquidity_quote, price.vault_quote)),
        cost=activity.fee + activity.tip,
    )


def chain_order(activity: Activity, at: datetime) -> tuple[int, int, int, str, str, int]:
    """By which trades are put in the order of the chain, the same for everybody who puts them in order.

    Args:
        activity: what a wallet did.
        at: when it happened.
    """
    tied = activity.slot, activity.position or 0, activity.signature, activity.wallet, activity.index
    return int(at.timestamp()), *tied


def _share(activity: Activity, leg: Leg) -> Fraction:
    """Return which part of what it had the wallet gave; all, where that is not known, as of an order."""
    if not activity.paid:
        return Fraction(1)
    tokens = [one.mint for one in (*activity.received, *activity.paid) if one.mint not in MONEY]
    before = activity.token_before if tokens[0] == leg.mint else activity.given_before
    return min(Fraction(1), Fraction(leg.raw, before)) if before else Fraction(1)


def _lamports(chain: str, price: TradePrice, dollars: Dollars) -> Fraction | None:
    """For one whole unit of what the price is given in; None: not known."""
    if price.quote == SOL:
        return Fraction(10**SOL_DECIMALS)
    quote, sol = quote_dollars(chain, price.quote, dollars), dollars.get(SOL)
    return Fraction(quote) / Fraction(sol) * 10**SOL_DECIMALS if quote and sol else None


def _size(activity: Activity, dollars: Dollars) -> Decimal | None:
    """Dollars that changed hands; where SOL's are not known, one where it was enough SOL to show a price."""
    usd = dollar_value(activity, dollars)
    if usd is not None:
        return usd
    raw = sum(leg.raw for leg in (*activity.paid, *activity.received) if leg.mint == SOL)
    return MIN_FILL if raw >= MIN_LAMPORTS else None


def _is_worth(size: Decimal | None) -> bool:
    return shows_price(usd=size, impact=None, quote_usd=None)


def _price(
    chain: str, price: TradePrice, unit: Fraction, size: Decimal | None, dollars: Dollars
) -> ShownPrice | None:
    """The price after the trade; None: it shows none that can be believed."""
    amount = Fraction(price.fill if price.spot is None else price.spot) * unit
    raw = price.vault_quote if price.liquidity_quote is None else price.liquidity_quote
    quote = quote_dollars(chain, price.quote, dollars)
    deep = None if raw is None or quote is None else quote * raw / 10**price.quote_decimals
    if amount <= 0 or not shows_price(usd=size, impact=price.impact, quote_usd=deep):
        return None
    depth = int((price.liquidity_quote or 0) * unit / 10**price.quote_decimals)
    return ShownPrice(lamports=amount, depth=depth or None)
