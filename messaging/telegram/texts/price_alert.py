"""The alert of a price that has come to where a chat waited for it, and the words about price alerts. Pure.

📈 WIF +12% to $1.234
from $1.10 · MC $412M · liq $4.4M
14:03:07 · Chart · the next one from here
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.tokens.price_alerts import (
    MAX_ALERTS,
    MAX_PERCENT,
    MIN_PERCENT,
    Condition,
    PriceAlert,
    PriceReached,
)
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import change, percent, price_dollars, short_dollars
from messaging.telegram.texts.times import exact_time_of_day


def _name(facts: AlertFacts[PriceReached]) -> str:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols).of(facts.event.mint)


def _headline(facts: AlertFacts[PriceReached]) -> str:
    event, name = facts.event, f"<b>{_name(facts)}</b>"
    price, target = price_dollars(event.usd), price_dollars(event.target)
    if event.condition is Condition.ABOVE:
        return f"🎯 {name} at {price}, above your {target}"
    if event.condition is Condition.BELOW:
        return f"🎯 {name} at {price}, below your {target}"
    sign = "📈" if event.usd > event.anchor else "📉"
    return f"{sign} {name} {change(_changed(event))} to {price}"


def _changed(event: PriceReached) -> Decimal:
    return event.usd / event.anchor - 1


def _market(event: PriceReached) -> str:
    parts = [f"from {price_dollars(event.anchor)}"]
    if event.market_cap is not None:
        parts.append(f"MC {short_dollars(event.market_cap)}")
    if event.liquidity is not None:
        parts.append(f"liq {short_dollars(event.liquidity)}")
    return " · ".join(parts)


def _details(facts: AlertFacts[PriceReached]) -> Sequence[str]:
    event = facts.event
    uncertain = "" if event.is_certain else "⚠️ Its pools do not agree on this price"
    when = [
        exact_time_of_day(facts.happened_at),
        *links(event.chain, None, event.mint, facts.display),
        _next(event),
    ]
    return [_market(event), uncertain, " · ".join(when), f"<code>{escape(event.mint)}</code>"]


def _next(event: PriceReached) -> str:
    if event.condition is Condition.PERCENT:
        return "the next one from here"
    side = "below" if event.condition is Condition.ABOVE else "above"
    return f"the next one after it was {side} again"


PRICE_TEXTS: AlertTexts[PriceReached] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: f"{_market(facts.event)} · {exact_time_of_day(facts.happened_at)}",
    words=lambda facts: f"🎯 <b>{_name(facts)}</b>: {COUNT} × price alert",
    sort=lambda _: "price alert",
    seen=lambda event: f"price alert {event.price_alert_id}",
    why_urgent=lambda _: "you asked to be told of this price",
    who=lambda _, __: "",
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
)


def waits_for(alert: PriceAlert) -> str:
    """`above $1.20`, `every 10% from $1.10`."""
    if alert.condition is Condition.PERCENT:
        return f"every {percent(alert.target)}, counted from {price_dollars(alert.anchor)}"
    return f"{alert.condition.value} {price_dollars(alert.target)}"


def set_alert(name: str, alert: PriceAlert, usd: Decimal) -> str:
    """A price alert was set. `name`: of the token, as Telegram HTML."""
    return f"🎯 You hear of <b>{name}</b>: {waits_for(alert)}.\nIt costs {price_dollars(usd)} now."


def alert_list(alerts: Sequence[PriceAlert], names: Mapping[str, str]) -> str:
    """The price alerts of a chat; `names`: of tokens, as Telegram HTML."""
    if not alerts:
        return "No price alerts here. Set one: <code>/price WIF 10%</code>, <code>/price WIF above 1.2</code>"
    lines = [f"{number}. <b>{names[one.mint]}</b> {waits_for(one)}" for number, one in enumerate(alerts, 1)]
    return "\n".join(["🎯 <b>Price alerts</b>", *lines, "A button deletes its alert."])


def deleted(name: str, alert: PriceAlert) -> str:
    """A price alert was deleted. `name`: of the token, as Telegram HTML."""
    return f"Price alert deleted: {name} {waits_for(alert)}"


def gone() -> str:
    """The price alert of a button does not exist any more."""
    return "This price alert is gone already"


def too_many() -> str:
    """The chat has as many price alerts as it may."""
    return f"A chat may have {MAX_ALERTS} price alerts. Delete one first: /price"


def price_usage() -> str:
    """How a price alert is asked for."""
    low, high = percent(MIN_PERCENT), percent(MAX_PERCENT)
    return (
        f"Write a token, then what to wait for: a change from {low} to {high}, or a price in dollars.\n"
        "<code>/price WIF</code> · <code>/price WIF 10%</code> · <code>/price WIF above 1.20</code> ·"
        " <code>/price WIF below 0.8</code>"
    )
