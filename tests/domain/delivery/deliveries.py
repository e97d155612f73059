"""Deliveries for the tests: an alert, and one of each other kind."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.activity.activity import Activity, Kind
from domain.delivery.deliveries import (
    KIND_RULES,
    AlertContent,
    BroadcastText,
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
from domain.webhooks import WebhookOff, WebhookTrial

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def activity(signature: str = "s", *, wallet: str = "w") -> Activity:
    return Activity(
        chain="sandbox",
        signature=signature,
        slot=1,
        block_time=None,
        wallet=wallet,
        kind=Kind.BUY,
        paid=(),
        received=(),
    )


def alert(*, wallet: str = "w", watch_id: int | None = 4, reverted: bool = False) -> AlertContent:
    return AlertContent(
        alert_id=2,
        event=activity(wallet=wallet),
        watch_id=watch_id,
        label="",
        happened_at=NOW,
        created_at=NOW,
        reverted=reverted,
    )


OUTAGE = OutageSummary(began_at=NOW, ended_at=NOW, gaps=1, blocks=7, events=3)
LIVING = LivingMessage(living_id=6, message_id=7)

CONTENTS: dict[DeliveryKind, Content] = {
    DeliveryKind.ALERT: alert(),
    DeliveryKind.DIGEST: alert(),
    DeliveryKind.OUTAGE: OUTAGE,
    DeliveryKind.CORRECTION: Correction(delivery_id=1, message_id=7),
    DeliveryKind.CORRECTION_REPLY: Correction(delivery_id=1, message_id=None),
    DeliveryKind.LATE_EDIT: Correction(delivery_id=1, message_id=7),
    DeliveryKind.LIVING: replace(alert(), living=LIVING),
    DeliveryKind.LIVING_EDIT: replace(alert(), living=LIVING),
    DeliveryKind.LIVING_REFRESH: LIVING,
    DeliveryKind.BROADCAST: BroadcastText(text="News &amp; more"),
    DeliveryKind.SPAM_LINE: SuppressedSpam(by_gate={Gate.DUST: 2}),
    DeliveryKind.UNCONFIRMED_ALERTS: UnconfirmedAlerts(),
    DeliveryKind.PUSH: alert(),
    DeliveryKind.PUSH_CORRECTION: alert(),
    DeliveryKind.PUSH_REVERSAL: alert(reverted=True),
    DeliveryKind.PUSH_OUTAGE: OUTAGE,
    DeliveryKind.PUSH_TEST: WebhookTrial(asked_at=NOW),
    DeliveryKind.WEBHOOK_OFF: WebhookOff(webhook_id=3, host="example.org", why="it answered 410"),
}


def delivery(
    kind: DeliveryKind = DeliveryKind.ALERT, *, delivery_id: int = 1, attempts: int = 0
) -> ClaimedDelivery:
    return ClaimedDelivery(
        delivery_id=delivery_id,
        kind=kind,
        chat_id=3,
        lane=KIND_RULES[kind].lane,
        content=CONTENTS[kind],
        attempts=attempts,
    )
