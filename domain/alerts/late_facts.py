"""Late facts: what becomes known after an alert was decided; shown by one edit. Pure.

An alert waits for nothing of this. Whoever finds something out puts it beside the alert
(storage/delivery/late_facts.py); what is there some seconds after the alert goes into its message.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from domain.activity.prices import MarketFacts, TokenSupply, fill_in_dollars, market_cap_of
from domain.alerts.kinds import AlertEvent, rules_of
from domain.security.checks import GradeSummary

READ_AFTER_SECONDS = 3.0
"""The earliest moment at which the price is checked again, for many alerts together."""
EDIT_AFTER_SECONDS = 14.0
"""After its alert was stored, so that one edit brings all that comes within a moment."""
EXPIRES_SECONDS = 60.0
"""No alert is edited later: who acts on alerts has read it by then."""


class LateFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Each field by itself came late, or is not known.

    As it is stored: `{"is_named": true, "drift": "0.031", "grade": {"grade": "B", "decided": 15, "of": 17,
    "control": "pass", "holders": "warn", "liquidity": "pass"}}`.
    """

    is_named: bool = False
    """The token's symbol became known; the message looks it up."""
    market_cap: Decimal | None = None
    """Dollars, at the price of the trade."""
    token_created_at: datetime | None = None
    drift: Decimal | None = None
    """By which part of itself the price has moved since the trade, below zero: down."""
    grade: GradeSummary | None = None
    """Of the token's security scan."""
    book_share: Decimal | None = None
    """The part of all that the wallet is known to have that this trade was, one at most."""


NOTHING_LATE = LateFacts()
_decode = msgspec.json.Decoder(LateFacts).decode


def read_late_facts(encoded: str | None) -> LateFacts:
    """Return what `msgspec.json.encode` made of it; None: nothing came late."""
    return NOTHING_LATE if encoded is None else _decode(encoded)


def with_late(market: MarketFacts, late: LateFacts) -> MarketFacts:
    """The market of an event with what was not known when it was decided."""
    if late == NOTHING_LATE:
        return market
    return msgspec.structs.replace(
        market,
        market_cap=late.market_cap if market.market_cap is None else market.market_cap,
        token_created_at=late.token_created_at
        if market.token_created_at is None
        else market.token_created_at,
    )


def late_facts_of(
    event: AlertEvent, market: MarketFacts, token: TokenSupply | None, price_now: Decimal | None
) -> LateFacts:
    """Return what is known now and was not when an event was decided.

    Args:
        event: what the alert reports.
        market: what was known then.
        token: what is known now of the token whose market it is; None: nothing.
        price_now: dollars for one token now; None: not known.
    """
    late = NOTHING_LATE
    if token is not None and market.market_cap is None and market.price_usd is not None:
        late = msgspec.structs.replace(late, market_cap=market_cap_of(market.price_usd, token))
    if token is not None and market.token_created_at is None:
        late = msgspec.structs.replace(late, token_created_at=token.created_at)
    activity = rules_of(event).activity(event)
    fill = None if activity is None else fill_in_dollars(activity, market)
    if price_now is None or not fill:
        return late
    return msgspec.structs.replace(late, drift=price_now / fill - 1)
