"""Every event that the one message of a position tells, as /why lists them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory
from messaging.telegram.texts.alert import texts_of
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.times import moment
from messaging.telegram.texts.why import facts_of

MAX_EVENTS = 20
"""Events that are listed; a screen holds no more."""


def position_text(events: Sequence[AlertHistory], symbols: Mapping[str, str | None], now: datetime) -> str:
    """Every event that the message of a position tells, in a line each, with what became of it."""
    lines = [f"<b>{counted(len(events), 'event')} in this message</b>"]
    for event in events[-MAX_EVENTS:]:
        short = texts_of(event.event).short(facts_of(event, symbols))
        lines.append(f"{moment(event.happened_at, now)} {short} · {_became(event, now)}")
    return "\n".join(lines)


def _became(event: AlertHistory, now: datetime) -> str:
    if event.reverted:
        return "reverted"
    if event.delivery is None or event.delivery.state is not DeliveryState.SENT:
        return "not delivered yet"
    at = event.delivery.finished_at
    return "delivered" if at is None else f"delivered {moment(at, now)}"
