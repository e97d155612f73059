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
"""Events of a page: each takes three of the hundred entities of a message, links and times."""


def position_text(
    events: Sequence[AlertHistory],
    symbols: Mapping[str, str | None],
    now: datetime,
    *,
    page: int = 0,
    locale: Locale = ENGLISH,
) -> str:
    """A page of the events that the message of a position tells, in a line each with what became of it.

    Args:
        events: all of them, oldest first.
        symbols: by mint; None: the token has none, or it is not known.
        now: with a time zone; what happened today is shown without its date.
        page: from 0, which has the newest; each event stands on one page.
        locale: of the reader.
    """
    lines = [
        locale.ngettext(
            "<b>{number} event in this message</b>", "<b>{number} events in this message</b>", len(events)
        )
    ]
    last = len(events) - page * MAX_EVENTS
    first = max(0, last - MAX_EVENTS)
    if len(events) > MAX_EVENTS:
        lines.append(f"{locale.number(first + 1)}–{locale.number(last)}")
    for event in events[first:last]:
        short = texts_of(event.event).short(facts_of(event, symbols, locale=locale))
        lines.append(f"{moment(event.happened_at, now)} {short} · {_became(event, now, locale=locale)}")
    return "\n".join(lines)


def pages_of(events: Sequence[AlertHistory]) -> int:
    """How many pages these events take."""
    return -(-len(events) // MAX_EVENTS)


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
