"""Kinds of deliveries: what an outbox row carries, and what is special about it. Pure.

A new kind is a member of `DeliveryKind`, a row of `KIND_RULES`, and a renderer in each channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.rules.lanes import Lane

MAX_ATTEMPTS = 26
"""Refused sends before a delivery is given up; with the waits between them about eight hours."""
MAX_AMBIGUOUS_SENDS = 1
"""How often an alert may be sent again whose answer did not come; the copy says so."""


class DeliveryKind(StrEnum):
    """What a delivery carries."""

    ALERT = "alert"
    DIGEST = "digest"
    """Deferred alerts of a chat in one message."""
    OUTAGE = "outage"
    """One line: when the feed was not read, and what that meant for the chat."""
    CORRECTION = "correction"
    """A message that shows what was reverted is edited, and says so."""
    CORRECTION_REPLY = "correction_reply"
    """One line that says so, where the message cannot be edited or is not known."""
    BROADCAST = "broadcast"
    """A text of an operator for all chats."""
    UNCONFIRMED_ALERTS = "unconfirmed_alerts"
    """One line that names the alerts of which nobody can tell whether they arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What follows from a delivery's kind."""

    lane: Lane = Lane.NORMAL
    """Of new deliveries; an alert may have a lane of its own."""
    max_attempts: int = MAX_ATTEMPTS
    max_ambiguous_sends: int = 0
    """How often it may be sent again when the answer did not come: a copy does no harm, or is marked."""
    is_named: bool = False
    """What stays open of it is named in a line of its chat, before it is ambiguous for good."""
    is_edit: bool = False
    """It edits a message, and an edit made twice is made once."""
    if_undeliverable: DeliveryKind | None = None
    """What it becomes when Telegram will never take it; None: it is dead."""


KIND_RULES: Mapping[DeliveryKind, KindRules] = MappingProxyType(
    {
        DeliveryKind.ALERT: KindRules(max_ambiguous_sends=MAX_AMBIGUOUS_SENDS, is_named=True),
        DeliveryKind.DIGEST: KindRules(max_ambiguous_sends=MAX_AMBIGUOUS_SENDS, is_named=True),
        DeliveryKind.OUTAGE: KindRules(lane=Lane.BULK),
        DeliveryKind.CORRECTION: KindRules(
            max_ambiguous_sends=MAX_ATTEMPTS, is_edit=True, if_undeliverable=DeliveryKind.CORRECTION_REPLY
        ),
        DeliveryKind.CORRECTION_REPLY: KindRules(),
        DeliveryKind.BROADCAST: KindRules(lane=Lane.BROADCAST, max_attempts=5),
        DeliveryKind.UNCONFIRMED_ALERTS: KindRules(lane=Lane.URGENT, max_ambiguous_sends=MAX_AMBIGUOUS_SENDS),
    }
)
