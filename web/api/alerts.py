"""Endpoints of alerts: those that the chat wanted, what became of their messages, and why."""

from datetime import datetime

import msgspec

from domain.access import Scope
from domain.alerts.published import PublishedAlert
from domain.errors import NotFound
from domain.rules.gates import Reasons
from storage.web.chat_deliveries import ChatDelivery
from web.api.endpoint import Call, Endpoint, Page, PageParameters
from web.api.watches import Id


class DeliveryId(msgspec.Struct, frozen=True, kw_only=True):
    """Which delivery."""

    delivery_id: Id


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an alert for this chat.

    `{"delivery_id": "9", "alert_id": "5", "state": "sent", "gate": "wanted", "attempts": 1, "message_id":
    "81", "created_at": "2026-11-29T17:00:00Z", "finished_at": "2026-11-29T17:00:01Z"}`.
    """

    delivery_id: str
    alert_id: str
    state: str
    """As docs/glossary.md has them: pending, sent, deferred, suppressed and so on."""
    gate: str
    """What decided: `wanted`, or the gate that said no."""
    attempts: int
    message_id: str | None
    created_at: datetime
    finished_at: datetime | None


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """Why an alert came, or did not.

    `{"delivery": {"delivery_id": "9", "alert_id": "5", "state": "suppressed", "gate": "below_minimum",
    "attempts": 0, "message_id": null, "created_at": "2026-11-29T17:00:00Z", "finished_at": null}, "reasons":
    {"rules": {"min_usd": "5000"}, "usd": "4200"}}`.
    """

    delivery: DeliveryView
    reasons: Reasons
    """The rules and facts of the decision."""


async def _alerts(call: Call) -> Page[PublishedAlert]:
    found = await call.services.feed.page(
        call.caller.target, before=call.parameters.before, limit=call.parameters.limit + 1
    )
    listed = found[: call.parameters.limit]
    more = len(found) > len(listed)
    return Page(data=listed, next_cursor=listed[-1].delivery_id if more else None)


async def _alert(call: Call) -> PublishedAlert:
    found = await call.services.feed.one(call.caller.target, call.parameters.delivery_id)
    if found is None:
        raise NotFound("This chat has no such alert.")
    return found


async def _deliveries(call: Call) -> Page[DeliveryView]:
    found = await call.services.feed.deliveries(
        call.caller.target, before=call.parameters.before, limit=call.parameters.limit + 1
    )
    listed = found[: call.parameters.limit]
    return Page(
        data=[_view(one) for one in listed],
        next_cursor=str(listed[-1].delivery_id) if len(found) > len(listed) else None,
    )


async def _delivery(call: Call) -> DeliveryView:
    return (await _why(call)).delivery


async def _why(call: Call) -> WhyView:
    found = await call.services.feed.delivery(call.caller.target, call.parameters.delivery_id)
    if found is None:
        raise NotFound("This chat has no such delivery.")
    return WhyView(delivery=_view(found), reasons=found.reasons)


def _view(delivery: ChatDelivery) -> DeliveryView:
    return DeliveryView(
        delivery_id=str(delivery.delivery_id),
        alert_id=str(delivery.alert_id),
        state=delivery.state,
        gate=delivery.gate,
        attempts=delivery.attempts,
        message_id=None if delivery.message_id is None else str(delivery.message_id),
        created_at=delivery.created_at,
        finished_at=delivery.finished_at,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/alerts",
        summary="Alerts that the chat wanted, the latest first",
        scope=Scope.READ,
        parameters=PageParameters,
        answer=Page[PublishedAlert],
        run=_alerts,
    ),
    Endpoint(
        method="GET",
        path="/alerts/{delivery_id}",
        summary="One alert of the chat, by its delivery",
        scope=Scope.READ,
        parameters=DeliveryId,
        answer=PublishedAlert,
        run=_alert,
    ),
    Endpoint(
        method="GET",
        path="/deliveries",
        summary="What became of each alert for this chat, unwanted ones included, the latest first",
        scope=Scope.READ,
        parameters=PageParameters,
        answer=Page[DeliveryView],
        run=_deliveries,
    ),
    Endpoint(
        method="GET",
        path="/deliveries/{delivery_id}",
        summary="What became of one alert",
        scope=Scope.READ,
        parameters=DeliveryId,
        answer=DeliveryView,
        run=_delivery,
    ),
    Endpoint(
        method="GET",
        path="/deliveries/{delivery_id}/why",
        summary="Which gate decided about an alert, by which rules and facts",
        scope=Scope.READ,
        parameters=DeliveryId,
        answer=WhyView,
        run=_why,
    ),
)
