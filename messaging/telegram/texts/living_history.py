"""Every event that the one message of a position tells, as /why lists them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.alert import texts_of
from messaging.telegram.texts.times import moment
from messaging.telegram.texts.why import facts_of

MAX_EVENTS = 20
"""Events that are listed; a screen holds no more."""


def position_text(
    events: Sequence[AlertHistory],
    symbols: Mapping[str, str | None],
    now: datetime,
    *,
    locale: Locale = ENGLISH,
) -> str:
    """Every event that the message of a position tells, in a line each, with what became of it."""
    lines = [
        locale.ngettext(
            "<b>{number} event in this message</b>", "<b>{number} events in this message</b>", len(events)
        )
    ]
    for event in events[-MAX_EVENTS:]:
        short = texts_of(event.event).short(facts_of(event, symbols, locale=locale))
        lines.append(f"{moment(event.happened_at, now)} {short} · {_became(event, now, locale=locale)}")
    return "\n".join(lines)


def _became(event: AlertHistory, now: datetime, *, locale: Locale = ENGLISH) -> str:
    if event.reverted:
        return locale.gettext("reverted")
    if event.delivery is None or event.delivery.state is not DeliveryState.SENT:
        return locale.gettext("not delivered yet")
    at = event.delivery.finished_at
    return (
        locale.gettext("delivered")
        if at is None
        else locale.gettext("delivered {time}", time=moment(at, now))
    )
