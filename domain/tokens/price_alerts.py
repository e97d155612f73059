"""What a chat wants to know of a token's price: when that fires, and what it waits for then. Pure.

It stays until somebody deletes it. One by percent starts again from the price at which it fired; one at a
price waits until the price has come back by a little, so that one that trembles around it fires once.
"""

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, structs

COME_BACK = Decimal("0.01")
"""Of the price that was waited for: so far it must come back before the alert may fire again."""
MIN_PERCENT, MAX_PERCENT = Decimal("0.01"), Decimal(100)
"""The smallest and the largest change that may be waited for, as parts of the price."""
MAX_ALERTS = 50
"""Price alerts of one chat."""


class Condition(StrEnum):
    """What is waited for."""

    ABOVE = "above"
    """The price is at the target or higher."""
    BELOW = "below"
    """The price is at the target or lower."""
    PERCENT = "percent"
    """The price has changed by this part of the anchor, up or down."""


class PriceAlert(Struct, frozen=True, kw_only=True):
    """One price alert of a chat."""

    price_alert_id: int
    chat_id: int
    topic_id: int
    chain: str
    mint: str
    condition: Condition
    target: Decimal
    """Dollars for one whole token; by percent: the change as a part, such as 0.1."""
    anchor: Decimal
    """The price when it was set, or when it fired last; dollars."""
    is_armed: bool
    """Whether it may fire; else the price must come back first."""


class PriceReached(Struct, frozen=True, kw_only=True):
    """A price alert fired.

    In an alert's payload: `{"chain": "solana", "mint": "EKpQ…", "condition": "above", "target": "0.5",
    "anchor": "0.414", "usd": "0.503", "price_alert_id": 3}`.
    """

    chain: str
    mint: str
    condition: Condition
    target: Decimal
    anchor: Decimal
    """The price from which the change counts; dollars."""
    usd: Decimal
    """The price that was read."""
    price_alert_id: int
    market_cap: Decimal | None = None
    liquidity: Decimal | None = None
    is_certain: bool = True
    slot: int | None = None


def is_reached(alert: PriceAlert, usd: Decimal) -> bool:
    """Return whether the alert fires at this price."""
    if not alert.is_armed:
        return False
    if alert.condition is Condition.ABOVE:
        return usd >= alert.target
    if alert.condition is Condition.BELOW:
        return usd <= alert.target
    return abs(usd - alert.anchor) >= alert.anchor * alert.target


def after(alert: PriceAlert, usd: Decimal) -> PriceAlert:
    """The alert once this price was seen; the same value: nothing has changed."""
    if is_reached(alert, usd):
        return structs.replace(alert, anchor=usd, is_armed=alert.condition is Condition.PERCENT)
    if not alert.is_armed and _has_recovered(alert, usd):
        return structs.replace(alert, is_armed=True)
    return alert


def _has_recovered(alert: PriceAlert, usd: Decimal) -> bool:
    if alert.condition is Condition.ABOVE:
        return usd <= alert.target * (1 - COME_BACK)
    return usd >= alert.target * (1 + COME_BACK)
