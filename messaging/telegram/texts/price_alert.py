"""The alert of a price that has come to where a chat waited for it, and the words about price alerts. Pure.

📈 WIF +12% to $1.234
from $1.10 · MC $412M · liq $4.4M
14:03:07 · Chart · the next one from here
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.alerts.kinds import AlertKind
from domain.tokens.price_alerts import (
    MAX_ALERTS,
    MAX_PERCENT,
    MIN_PERCENT,
    Condition,
    PriceAlert,
    PriceReached,
)
from messaging.languages.locale import ENGLISH, Locale, ngettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import change, liquidity, market_cap, percent, price_dollars
from messaging.telegram.texts.times import exact_time_of_day


def _name(facts: AlertFacts[PriceReached]) -> str:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=facts.locale).of(
        facts.event.mint
    )


def _headline(facts: AlertFacts[PriceReached]) -> str:
    event, name = facts.event, f"<b>{_name(facts)}</b>"
    price, target = (
        price_dollars(event.usd, locale=facts.locale),
        price_dollars(event.target, locale=facts.locale),
    )
    values = {"token": name, "price": price, "target": target}
    if event.condition is Condition.ABOVE:
        return facts.locale.gettext("🎯 {token} at {price}, above your {target}", **values)
    if event.condition is Condition.BELOW:
        return facts.locale.gettext("🎯 {token} at {price}, below your {target}", **values)
    sign = "📈" if event.usd > event.anchor else "📉"
    said = facts.locale.gettext(
        "{token} {change} to {price}", change=change(_changed(event), locale=facts.locale), **values
    )
    return f"{sign} {said}"


def _changed(event: PriceReached) -> Decimal:
    return event.usd / event.anchor - 1


def _market(event: PriceReached, *, locale: Locale = ENGLISH) -> str:
    parts = [locale.gettext("from {price}", price=price_dollars(event.anchor, locale=locale))]
    if event.market_cap is not None:
        parts.append(market_cap(event.market_cap, locale=locale))
    if event.liquidity is not None:
        parts.append(liquidity(event.liquidity, locale=locale))
    return " · ".join(parts)


def _details(facts: AlertFacts[PriceReached]) -> Sequence[str]:
    event, uncertain = facts.event, ""
    if not event.is_certain:
        uncertain = facts.locale.gettext("⚠️ Its pools do not agree on this price")
    when = [
        exact_time_of_day(facts.happened_at),
        *links(event.chain, None, event.mint, facts.display, locale=facts.locale),
        _next(event, locale=facts.locale),
    ]
    return [
        _market(event, locale=facts.locale),
        uncertain,
        " · ".join(when),
        f"<code>{escape(event.mint)}</code>",
    ]


def _next(event: PriceReached, *, locale: Locale = ENGLISH) -> str:
    if event.condition is Condition.PERCENT:
        return locale.gettext("the next one from here")
    if event.condition is Condition.ABOVE:
        return locale.gettext("the next one after it was below again")
    return locale.gettext("the next one after it was above again")


PRICE_TEXTS: AlertTexts[PriceReached] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: (
        f"{_market(facts.event, locale=facts.locale)} · {exact_time_of_day(facts.happened_at)}"
    ),
    words=lambda facts: f"🎯 <b>{_name(facts)}</b>: {COUNT} × {facts.locale.gettext('price alert')}",
    sort=lambda _, locale: locale.gettext("price alert"),
    seen=lambda event, locale: locale.gettext("price alert {number}", number=event.price_alert_id),
    why_urgent=lambda _, locale: locale.gettext("you asked to be told of this price"),
    who=lambda _, __: "",
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
    counted={AlertKind.PRICE.value: ngettext_noop("{number} price alert", "{number} price alerts")},
)


def waits_for(alert: PriceAlert, *, locale: Locale = ENGLISH) -> str:
    """`above $1.20`, `every 10% from $1.10`."""
    if alert.condition is Condition.PERCENT:
        return locale.gettext(
            "every {percent}, counted from {price}",
            percent=percent(alert.target, locale=locale),
            price=price_dollars(alert.anchor, locale=locale),
        )
    if alert.condition is Condition.ABOVE:
        return locale.gettext("above {price}", price=price_dollars(alert.target, locale=locale))
    return locale.gettext("below {price}", price=price_dollars(alert.target, locale=locale))


def set_alert(name: str, alert: PriceAlert, usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """A price alert was set. `name`: of the token, as Telegram HTML.

    Args:
        name: of the token, as Telegram HTML.
        alert: as it is stored.
        usd: what one token costs now, in dollars.
        locale: of the reader.
    """
    said = locale.gettext(
        "🎯 You hear of <b>{token}</b>: {condition}.\nIt costs {price} now.",
        token=name,
        condition=waits_for(alert, locale=locale),
        price=price_dollars(usd, locale=locale),
    )
    if alert.is_armed:
        return said
    return (
        f"{said} {locale.gettext('It is there already: you hear when it comes back and gets there again.')}"
    )


def alert_list(alerts: Sequence[PriceAlert], names: Mapping[str, str], *, locale: Locale = ENGLISH) -> str:
    """The price alerts of a chat; `names`: of tokens, as Telegram HTML.

    Args:
        alerts: in the order of the buttons below.
        names: by mint, of every token in it, as Telegram HTML.
        locale: of the reader.
    """
    if not alerts:
        return locale.gettext(
            "No price alerts here. Set one: <code>/price WIF 10%</code>, <code>/price WIF above 1.2</code>"
        )
    lines = [
        f"{number}. <b>{names[one.mint]}</b> {waits_for(one, locale=locale)}"
        for number, one in enumerate(alerts, 1)
    ]
    title, last = locale.gettext("🎯 <b>Price alerts</b>"), locale.gettext("A button deletes its alert.")
    return "\n".join([title, *lines, last])


def deleted(name: str, alert: PriceAlert, *, locale: Locale = ENGLISH) -> str:
    """A price alert was deleted. `name`: of the token, as Telegram HTML.

    Args:
        name: of the token, as Telegram HTML.
        alert: as it was.
        locale: of the reader.
    """
    return locale.gettext(
        "Price alert deleted: {token} {condition}", token=name, condition=waits_for(alert, locale=locale)
    )


def gone(*, locale: Locale = ENGLISH) -> str:
    """The price alert of a button does not exist any more."""
    return locale.gettext("This price alert is gone already")


def too_many(*, locale: Locale = ENGLISH) -> str:
    """The chat has as many price alerts as it may."""
    return locale.gettext("A chat may have {limit} price alerts. Delete one first: /price", limit=MAX_ALERTS)


def token_usage(*, locale: Locale = ENGLISH) -> str:
    """Return how a token's card is asked for."""
    usage = locale.gettext(
        "Which token? Write its mint address or symbol, and for how long its chart goes back."
    )
    return f"{usage}\n<code>/token WIF</code> · <code>/token WIF 7d</code>"


def price_usage(*, locale: Locale = ENGLISH) -> str:
    """Return how a price alert is asked for."""
    usage = locale.gettext(
        "Write a token, then what to wait for: a change from {low} to {high}, or a price in dollars.",
        low=percent(MIN_PERCENT, locale=locale),
        high=percent(MAX_PERCENT, locale=locale),
    )
    return (
        f"{usage}\n<code>/price WIF</code> · <code>/price WIF 10%</code> ·"
        " <code>/price WIF above 1.20</code> · <code>/price WIF below 0.8</code>"
    )
