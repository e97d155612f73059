"""The bodies of Standard Webhooks: `{"type", "timestamp", "data"}` as JSON, under 20 kB. Pure.

{"type":"alert.created","timestamp":"2026-11-29T10:00:00Z","data":{"alert_id":"7","kind":"buy", …}}

What is not known is null; amounts and dollars are texts. What belongs to other alerts than those about what a
wallet did stands there only where it is known.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import structs

from domain.alerts.published import (
    AlertRecord,
    PublishedLeg,
    PublishedPosition,
    PublishedPrice,
    published,
)
from domain.delivery.deliveries import (
    AlertContent,
    ClaimedDelivery,
    DeliveryKind,
)
from domain.delivery.facts import Symbols
from domain.delivery.outages import OutageSummary
from domain.webhooks import PushType, WebhookTrial

MAX_BYTES = 20_000
_MAX_LEGS = 20
"""Of one side, and of a route, where all of them would be too long."""
TYPES: Mapping[DeliveryKind, PushType] = {
    DeliveryKind.PUSH: PushType.ALERT_CREATED,
    DeliveryKind.PUSH_CORRECTION: PushType.ALERT_CORRECTED,
    DeliveryKind.PUSH_REVERSAL: PushType.ALERT_REVERTED,
    DeliveryKind.PUSH_OUTAGE: PushType.OUTAGE_CLOSED,
    DeliveryKind.PUSH_TEST: PushType.TEST,
}


class PushedActivity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a wallet did, as `PublishedActivity` names it.

    `{"kind": "buy", "paid": [{"mint": "SOL", "raw": "84200000000", "decimals": 9, "symbol": "SOL"}],
    "received": [], "venue": "Jupiter v6", "route": ["Raydium AMM v4"], "fee": "5000"}`.
    """

    kind: str
    paid: tuple[PublishedLeg, ...]
    received: tuple[PublishedLeg, ...]
    venue: str | None
    route: tuple[str, ...]
    fee: str
    """Lamports for the network."""
    counterparty: str | None = None


class PushedAlert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a `PublishedAlert` is pushed, by the same names.

    `{"alert_id": "5", "kind": "price", "chain": "solana", "wallet": null, "label": null, "signature": null,
    "slot": null, "block_time": "2026-11-29T17:00:00Z", "activity": null, "usd": null, "market_cap_usd": null,
    "liquidity_usd": null, "grade": "A", "position": null, "provisional": false, "mint": "EKpQ…"}`.
    """

    alert_id: str
    kind: str
    chain: str
    wallet: str | None
    label: str | None
    signature: str | None
    slot: int | None
    block_time: datetime
    activity: PushedActivity | None
    usd: str | None
    market_cap_usd: str | None
    liquidity_usd: str | None
    grade: str | None
    position: PublishedPosition | None
    provisional: bool
    mint: str | None = None
    """Of an alert about a token."""
    price: PublishedPrice | None = None
    dangers: tuple[str, ...] = ()
    wallets: tuple[str, ...] = ()
    """Of a pattern."""
    moved_to: str | None = None
    truncated: bool = False
    """Legs or parts of the route are missing, since there are very many."""


class PushedOutage(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which the chain was not read. What was missed has been sent since, as alerts.

    `{"outage_id": "3", "began_at": "2026-11-29T17:00:00Z", "ended_at": "2026-11-29T17:04:00Z", "gaps": 1,
    "blocks": 600, "unread": 0, "alerts": 4}`.
    """

    outage_id: str
    began_at: datetime
    ended_at: datetime
    gaps: int
    blocks: int
    """Read afterwards; 0: the source reads none."""
    unread: int
    """Slots whose blocks no node gave any more."""
    alerts: int
    """Of the chat, that came late because of it."""


class PushedTest(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing happened.

    `{"message": "This webhook works."}`.
    """

    message: str = "This webhook works."


class _Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """A whole body, as docs/webhooks.md shows one."""

    type: PushType
    timestamp: datetime
    data: PushedAlert | PushedOutage | PushedTest


def body_of(delivery: ClaimedDelivery, symbols: Symbols) -> bytes:
    """Return what is pushed of a delivery; the same on each try but for what became known meanwhile."""
    content = delivery.content
    if isinstance(content, OutageSummary):
        return _encode(delivery.kind, content.ended_at, _outage(content))
    if isinstance(content, WebhookTrial):
        return _encode(delivery.kind, content.asked_at, PushedTest())
    assert isinstance(content, AlertContent)  # noqa: S101 - follows from the kind
    alert = published(_record(delivery, content), symbols)
    data = msgspec.convert(alert, PushedAlert, from_attributes=True)
    is_first = delivery.kind is DeliveryKind.PUSH
    happened_at = content.created_at if is_first else delivery.created_at or content.created_at
    body = _encode(delivery.kind, happened_at, data)
    if len(body) >= MAX_BYTES:
        body = _encode(delivery.kind, happened_at, _shortened(data))
    return body


def _encode(kind: DeliveryKind, timestamp: datetime, data: PushedAlert | PushedOutage | PushedTest) -> bytes:
    return msgspec.json.encode(_Pushed(type=TYPES[kind], timestamp=timestamp, data=data))


def _record(delivery: ClaimedDelivery, content: AlertContent) -> AlertRecord:
    return AlertRecord(
        alert_id=content.alert_id,
        delivery_id=delivery.delivery_id,
        event=content.event,
        label=content.label,
        happened_at=content.happened_at,
        created_at=content.created_at,
        market=content.market,
        late=content.late,
        provisional=content.provisional,
        reverted=content.reverted,
    )


def _shortened(data: PushedAlert) -> PushedAlert:
    """The same with as much of each list as is surely short enough."""
    done = data.activity
    short = (
        None
        if done is None
        else structs.replace(
            done,
            paid=done.paid[:_MAX_LEGS],
            received=done.received[:_MAX_LEGS],
            route=done.route[:_MAX_LEGS],
        )
    )
    return structs.replace(data, activity=short, wallets=data.wallets[: 5 * _MAX_LEGS], truncated=True)


def _outage(outage: OutageSummary) -> PushedOutage:
    return PushedOutage(
        outage_id=str(outage.outage_id),
        began_at=outage.began_at,
        ended_at=outage.ended_at,
        gaps=outage.gaps,
        blocks=outage.blocks,
        unread=outage.unread,
        alerts=outage.events,
    )
