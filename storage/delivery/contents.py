"""Reads the content of an outbox row, by kind of delivery."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from domain.activity.prices import read_market
from domain.alerts.kinds import read_event, subject_of
from domain.alerts.late_facts import read_late_facts
from domain.delivery.deliveries import (
    AlertContent,
    BroadcastText,
    ChannelName,
    ClaimedDelivery,
    Content,
    Correction,
    DeliveryKind,
    LivingMessage,
    SuppressedSpam,
    UnconfirmedAlerts,
)
from domain.delivery.outages import OutageSummary
from domain.rules.gates import Gate
from domain.rules.lanes import Lane
from domain.rules.rules import distinct_label
from domain.webhooks import WebhookOff, WebhookTrial
from storage.chats.rules import settings_or_default
from storage.postgres import Row


def delivery_of(row: Row) -> ClaimedDelivery:
    """The delivery in a row of `COLUMNS`."""
    kind = DeliveryKind(row["kind"])
    display = settings_or_default(row["settings"], chat_id=row["chat_id"]).display
    return ClaimedDelivery(
        delivery_id=row["delivery_id"],
        kind=kind,
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        channel=ChannelName(row["channel"]),
        address=row["address"],
        lane=Lane(row["lane"]),
        content=_CONTENTS[kind](row),
        attempts=row["attempts"],
        ambiguous_sends=row["ambiguous_sends"],
        send_alone=row["send_alone"],
        created_at=row.get("asked_at"),
        language=display.language,
        numbers=display.numbers,
    )


def label_of(row: Row, subject: str) -> str:
    """What the chat calls the wallet of a row; with its address where another wallet bears the same name."""
    label: str = row["label"]
    return distinct_label(label, subject) if row["has_namesake"] else label


def _alert(row: Row) -> AlertContent:
    event = read_event(row["alert_kind"], row["payload"])
    return AlertContent(
        alert_id=row["alert_id"],
        event=event,
        watch_id=row["watch_id"],
        label=label_of(row, subject_of(event)),
        happened_at=row["happened_at"],
        created_at=row["created_at"],
        reasons=row["reasons"],
        sent_at=row["sent_at"],
        reverted=row["reverted"],
        market=read_market(row["market"]),
        late=read_late_facts(row["late"]),
        display=settings_or_default(row["settings"], chat_id=row["chat_id"]).display,
        answers=_answers(row),
        living=None if row["living_id"] is None else _living(row),
        provisional=row.get("provisional", False),
    )


def _answers(row: Row) -> int | None:
    """The message that an alert answers: of what it follows from, or of the position that it ends."""
    is_exit = row["living_id"] is not None and row["kind"] == DeliveryKind.ALERT
    answers: int | None = row["living_message_id"] if is_exit else row["answers"]
    return answers


def _living(row: Row) -> LivingMessage:
    return LivingMessage(living_id=row["living_id"], message_id=row["living_message_id"])


def _outage(row: Row) -> OutageSummary:
    return OutageSummary(
        outage_id=row.get("outage_id", 0),
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        gaps=row["gaps"],
        blocks=row["blocks"],
        unread=row["unread"],
        events=row["events"],
    )


def _correction(row: Row) -> Correction:
    return Correction(delivery_id=row["corrects_id"], message_id=row["target_message_id"])


def _spam(row: Row) -> SuppressedSpam:
    return SuppressedSpam(by_gate=msgspec.json.decode(row["reasons"], type=dict[Gate, int]))


def _webhook_off(row: Row) -> WebhookOff:
    return msgspec.json.decode(row["reasons"], type=WebhookOff)


def _broadcast(row: Row) -> BroadcastText:
    return BroadcastText(text=row["text"])


_CONTENTS: Mapping[DeliveryKind, Callable[[Row], Content]] = MappingProxyType(
    {
        DeliveryKind.ALERT: _alert,
        DeliveryKind.DIGEST: _alert,
        DeliveryKind.OUTAGE: _outage,
        DeliveryKind.CORRECTION: _correction,
        DeliveryKind.CORRECTION_REPLY: _correction,
        DeliveryKind.LATE_EDIT: _correction,
        DeliveryKind.LIVING: _alert,
        DeliveryKind.LIVING_EDIT: _alert,
        DeliveryKind.LIVING_REFRESH: _living,
        DeliveryKind.BROADCAST: _broadcast,
        DeliveryKind.SPAM_LINE: _spam,
        DeliveryKind.UNCONFIRMED_ALERTS: lambda _: UnconfirmedAlerts(),
        DeliveryKind.PUSH: _alert,
        DeliveryKind.PUSH_CORRECTION: _alert,
        DeliveryKind.PUSH_REVERSAL: _alert,
        DeliveryKind.PUSH_OUTAGE: _outage,
        DeliveryKind.PUSH_TEST: lambda row: WebhookTrial(asked_at=row["asked_at"]),
        DeliveryKind.WEBHOOK_OFF: _webhook_off,
    }
)
