"""What an activity means to a campaign. Pure."""

from datetime import datetime
from fractions import Fraction

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, Activity, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.paper.fills import ShownPrice
from domain.paper.trades import SeenTrade

MONEY = DOLLAR_MINTS | {SOL}
"""What tokens are traded for; it is no position."""


def seen_trade_of(activity: Activity, at: datetime) -> SeenTrade | None:
    """The trade that an activity is; None: it is none.

    Args:
        activity: what a wallet did.
        at: when it happened.
    """
    if activity.kind not in TRADES:
        return None
    gave = [leg for leg in activity.paid if leg.mint not in MONEY]
    return SeenTrade(
        signature=activity.signature,
        wallet=activity.wallet,
        at=int(at.timestamp()),
        buys=tuple(leg.mint for leg in activity.received if leg.mint not in MONEY),
        sells=tuple((leg.mint, _share(activity, leg)) for leg in gave),
        token=None if activity.price is None else activity.price.token,
        price=_price(activity),
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
    """Which part of what it had the wallet gave; all, where that is not known."""
    tokens = [one.mint for one in (*activity.received, *activity.paid) if one.mint not in MONEY]
    before = activity.token_before if tokens[0] == leg.mint else activity.given_before
    return min(Fraction(1), Fraction(leg.raw, before)) if before else Fraction(1)


def _price(activity: Activity) -> ShownPrice | None:
    price = activity.price
    if price is None or price.quote != SOL:
        return None
    amount = Fraction(price.fill if price.spot is None else price.spot)
    if amount <= 0:
        return None
    return ShownPrice(lamports=amount * 10**SOL_DECIMALS, depth=price.liquidity_quote or None)
