"""Deliveries: their kinds, their states, and what is claimed of them. Pure.

A new kind is a member of `DeliveryKind`, a row of `KIND_RULES`, and a renderer in each channel.
pending ──> sending ──> sent
   ^           ├──────> retry ──> sending …     not sent for sure; or the answer did not come: sent once more,
   │           │                                marked, when Telegram is seen to answer
   │           ├──────> dead                    it can never arrive
   │           └──────> unconfirmed ──> ambiguous
   │                    the marked copy got no answer, either; after an hour one line of the chat names it
suppressed                                      a gate said no, or the watch is gone
deferred ──> pending | digested                 sent later, in one digest with others
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent
from domain.alerts.late_facts import NOTHING_LATE, LateFacts
from domain.delivery.outages import OutageSummary
from domain.rules.decisions import Decision
from domain.rules.gates import Gate
from domain.rules.lanes import Lane
from domain.rules.rules import DEFAULT_DISPLAY, Display
from domain.webhooks import PUSH_LADDER, WebhookOff, WebhookTrial

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
    LATE_EDIT = "late_edit"
    """What became known after an alert was sent is put into its message, once."""
    LIVING = "living"
    """The first message of a position, which what follows edits."""
    LIVING_EDIT = "living_edit"
    """One more event of a position is put into its message."""
    LIVING_REFRESH = "living_refresh"
    """The message of a position is written again, with what an answer told or what became known late."""
    BROADCAST = "broadcast"
    """A text of an operator for all chats."""
    SPAM_LINE = "spam_line"
    """One line a day: how much spam was silent, of which sort."""
    UNCONFIRMED_ALERTS = "unconfirmed_alerts"
    """One line that names the alerts of which nobody can tell whether they arrived."""
    PUSH = "push"
    """An alert for a webhook."""
    PUSH_CORRECTION = "push_correction"
    """What became known after an alert was pushed."""
    PUSH_REVERSAL = "push_reversal"
    """What was pushed never happened: its block died."""
    PUSH_OUTAGE = "push_outage"
    PUSH_TEST = "push_test"
    WEBHOOK_OFF = "webhook_off"


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
    if_gone: DeliveryKind | None = None
    """What it becomes when the message that it edits is gone; None: it is dead."""
    adds_event: bool = False
    """Its own event stands in the message that it edits from then on."""
    is_push: bool = False
    """It has an id by which its receiver knows it again: an answer that did not come is a failed try."""
    ladder: tuple[float, ...] = ()
    """Of a push: seconds before each further try."""
    waits_as_asked: bool = False
    """Of a push: a receiver that is at its limit costs it no try."""


_PUSH = KindRules(is_push=True, ladder=PUSH_LADDER, max_attempts=len(PUSH_LADDER) + 1, waits_as_asked=True)
KIND_RULES: Mapping[DeliveryKind, KindRules] = MappingProxyType(
    {
        DeliveryKind.ALERT: KindRules(max_ambiguous_sends=MAX_AMBIGUOUS_SENDS, is_named=True),
        DeliveryKind.DIGEST: KindRules(max_ambiguous_sends=MAX_AMBIGUOUS_SENDS, is_named=True),
        DeliveryKind.OUTAGE: KindRules(lane=Lane.BULK),
        DeliveryKind.CORRECTION: KindRules(
            max_ambiguous_sends=MAX_ATTEMPTS, is_edit=True, if_undeliverable=DeliveryKind.CORRECTION_REPLY
        ),
        DeliveryKind.CORRECTION_REPLY: KindRules(),
        DeliveryKind.LATE_EDIT: KindRules(
            lane=Lane.BULK, max_attempts=3, max_ambiguous_sends=MAX_ATTEMPTS, is_edit=True
        ),
        DeliveryKind.LIVING: KindRules(max_ambiguous_sends=MAX_AMBIGUOUS_SENDS, is_named=True),
        DeliveryKind.LIVING_EDIT: KindRules(
            max_ambiguous_sends=MAX_ATTEMPTS,
            is_edit=True,
            adds_event=True,
            if_undeliverable=DeliveryKind.LIVING,
            if_gone=DeliveryKind.LIVING,
        ),
        DeliveryKind.LIVING_REFRESH: KindRules(
            max_attempts=3, max_ambiguous_sends=MAX_ATTEMPTS, is_edit=True
        ),
        DeliveryKind.BROADCAST: KindRules(lane=Lane.BROADCAST, max_attempts=5),
        DeliveryKind.SPAM_LINE: KindRules(lane=Lane.BULK),
        DeliveryKind.UNCONFIRMED_ALERTS: KindRules(lane=Lane.URGENT, max_ambiguous_sends=MAX_AMBIGUOUS_SENDS),
        DeliveryKind.PUSH: _PUSH,
        DeliveryKind.PUSH_CORRECTION: _PUSH,
        DeliveryKind.PUSH_REVERSAL: _PUSH,
        DeliveryKind.PUSH_OUTAGE: _PUSH,
        DeliveryKind.PUSH_TEST: KindRules(is_push=True, ladder=PUSH_LADDER[:1], max_attempts=2),
        DeliveryKind.WEBHOOK_OFF: KindRules(),
    }
)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    """Wanted, not handed over yet; it may be claimed."""
    SENDING = "sending"
    """Committed before the call to Telegram; if the sender dies now, nobody can tell what came of it."""
    SENT = "sent"
    RETRY = "retry"
    """Handed back; it may be claimed once due."""
    SUPPRESSED = "suppressed"
    """A gate said no, or the wallet was unfollowed before it was sent."""
    DEAD = "dead"
    """It can never arrive: the chat is closed, or Telegram will not take the message."""
    UNCONFIRMED = "unconfirmed"
    """No answer came to it and to its marked copy; it waits to be named as one that may not have arrived."""
    AMBIGUOUS = "ambiguous"
    """Nobody can tell whether it arrived; where it carries alerts, a line of the chat has named them."""
    DEFERRED = "deferred"
    """A gate said not yet: it waits for the end of quiet hours or for the next digest."""
    DIGESTED = "digested"
    """It stands in the digest of another delivery, whose state counts for it."""


def first_state(decision: Decision) -> DeliveryState:
    """The state in which the delivery of an alert begins."""
    if decision.wanted:
        return DeliveryState.PENDING
    return DeliveryState.DEFERRED if decision.due_at is not None else DeliveryState.SUPPRESSED


class ChannelName(StrEnum):
    """By what a message goes; each is a folder in messaging/ and a row of its sender's table."""

    TELEGRAM = "telegram"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where deliveries of one chat go."""

    channel: ChannelName = ChannelName.TELEGRAM
    chat_id: int
    """Whose deliveries they are."""
    address: str = ""
    """Within the channel, as the number of a webhook; empty: the chat itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingMessage:
    """The one message in which a chat reads of a position, from entry to exit."""

    living_id: int
    message_id: int | None
    """That stands in the chat; None: none is known, or there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertContent:
    """An alert for one chat; a digest carries one of its alerts."""

    alert_id: int
    event: AlertEvent
    watch_id: int | None
    label: str
    happened_at: datetime
    """The block's time, or when it was seen where the chain gave none."""
    created_at: datetime
    reasons: str | None = None
    """By what it was decided, as JSON; None: the chat had set nothing."""
    sent_at: datetime | None = None
    """When it was sent, if it was: its message is to be written as of then."""
    reverted: bool = False
    """Whether what it reports died with its fork."""
    market: MarketFacts = NO_MARKET
    """What the event was worth."""
    late: LateFacts = NOTHING_LATE
    """What became known after it was decided."""
    display: Display = DEFAULT_DISPLAY
    """What alerts of the chat look like."""
    answers: int | None = None
    """The message of an earlier alert that it answers; None: none."""
    living: LivingMessage | None = None
    """Where its position is told in one message; None: it stands by itself."""
    provisional: bool = False
    """Whether it rests on the claim of a stream alone so far; checked for pushes only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What shows an alert of which more is known since: that it was reverted, or what came late."""

    delivery_id: int
    """Of the alert."""
    message_id: int | None
    """That is edited or answered; None: none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastText:
    """What an operator writes to all chats."""

    text: str
    """Telegram HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedAlerts:
    """Alerts that may not have arrived; which, is looked up with the facts of their line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedSpam:
    """Transfers that were kept silent as spam since the last line."""

    by_gate: Mapping[Gate, int]
    """By what stopped them."""


Content = (
    AlertContent
    | SuppressedSpam
    | OutageSummary
    | Correction
    | LivingMessage
    | BroadcastText
    | UnconfirmedAlerts
    | WebhookTrial
    | WebhookOff
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that this sender has the right to send until its lease ends."""

    delivery_id: int
    kind: DeliveryKind = DeliveryKind.ALERT
    chat_id: int
    topic_id: int = 0
    channel: ChannelName = ChannelName.TELEGRAM
    address: str = ""
    """As in `Destination`."""
    lane: Lane = Lane.NORMAL
    content: Content
    attempts: int = 0
    ambiguous_sends: int = 0
    """Sends before this one whose answer did not come; above 0 an alert says that it may be a repeat."""
    send_alone: bool = False
    """Telegram refused a message in which it stood with others; it goes by itself."""
    created_at: datetime | None = None
    """When it was made; known of pushes."""
    language: str = ""
    """In which the chat reads, and how it reads numbers, as in `Display`."""
    numbers: str = ""
