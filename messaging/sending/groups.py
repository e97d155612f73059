"""Which of a chat's deliveries go into one message. Pure.

By itself an alert is a message of its own. What happens to one subject in a burst goes together, and when the
chat gets more than it may be sent, whatever waits there does. Corrections of one message are one edit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from domain.alerts.kinds import subject_of
from domain.delivery.deliveries import (
    AlertContent,
    ClaimedDelivery,
    Correction,
    DeliveryKind,
)
from domain.delivery.living import living_id_of

MAX_DELIVERIES = 60
"""Deliveries in one message."""
MAX_SEPARATE = 3
"""More than these waiting are more than a chat takes at once."""


class _Fits(Protocol):
    def __call__(self, first: ClaimedDelivery, other: ClaimedDelivery, *, all_together: bool) -> bool: ...


def next_group(waiting: Sequence[ClaimedDelivery], *, is_limited: bool) -> list[ClaimedDelivery]:
    """Return what the next message carries, in order; at least the first.

    First copies and possible repeats are kept apart, since a message says which it is.

    Args:
        waiting: deliveries of one destination and lane, in order; at least one.
        is_limited: the chat or the bot is at its limit just now.
    """
    first = waiting[0]
    if first.kind in _LIVING:
        return _living_group(waiting)
    fits = _FITTING.get(first.kind)
    if fits is None or first.send_alone:
        return [first]
    all_together = is_limited or len(waiting) > MAX_SEPARATE
    fitting = [
        other
        for other in waiting
        if _may_share(first, other) and fits(first, other, all_together=all_together)
    ]
    return fitting[:MAX_DELIVERIES]


def next_alone(waiting: Sequence[ClaimedDelivery]) -> list[ClaimedDelivery]:
    """The same where deliveries do not go together: only what one message shows of a position does."""
    return _living_group(waiting) if waiting[0].kind in _LIVING else [waiting[0]]


def _living_group(waiting: Sequence[ClaimedDelivery]) -> list[ClaimedDelivery]:
    """Return what waits of one position, whose message the first begins or edits: each edit shows all.

    What would have edited a message that is only begun now is a part of its beginning.
    """
    first = waiting[0]
    fitting = [one for one in waiting if living_id_of(one) == living_id_of(first) and one.kind in _LIVING]
    if first.kind is DeliveryKind.LIVING:
        events = [one for one in fitting if isinstance(one.content, AlertContent)]
        return [replace(one, kind=DeliveryKind.LIVING) for one in events]
    return [one for one in fitting if one.kind is not DeliveryKind.LIVING]


_LIVING = frozenset({DeliveryKind.LIVING, DeliveryKind.LIVING_EDIT, DeliveryKind.LIVING_REFRESH})


def _may_share(first: ClaimedDelivery, other: ClaimedDelivery) -> bool:
    """Return what was refused among others is tried by itself."""
    same_topic = first.topic_id == other.topic_id
    same_copy = (first.ambiguous_sends > 0) == (other.ambiguous_sends > 0)
    return first.kind is other.kind and same_topic and same_copy and not other.send_alone


def _same_subject(first: ClaimedDelivery, other: ClaimedDelivery, *, all_together: bool) -> bool:
    one, two = first.content, other.content
    if not (isinstance(one, AlertContent) and isinstance(two, AlertContent)):
        return False
    return all_together or subject_of(one.event) == subject_of(two.event)


def _same_message(first: ClaimedDelivery, other: ClaimedDelivery, *, all_together: bool) -> bool:  # noqa: ARG001 - as the other rule
    one, two = first.content, other.content
    return isinstance(one, Correction) and isinstance(two, Correction) and one.message_id == two.message_id


_FITTING: Mapping[DeliveryKind, _Fits] = MappingProxyType(
    {DeliveryKind.ALERT: _same_subject, DeliveryKind.CORRECTION: _same_message}
)
"""Which others go with a delivery; each kind that is missing has a message of its own."""
