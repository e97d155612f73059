"""Endpoints of the caller's account: identity, chats, and limits used."""

from datetime import datetime

import msgspec

from domain.access import Scope
from runtime import clock
from web.api.endpoint import Call, Endpoint, Page


class WhoView(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and for which chat.

    `{"user_id": "7", "chat_id": "7", "scopes": ["read"], "is_operator": false}`.
    """

    user_id: str
    chat_id: str
    scopes: tuple[Scope, ...]
    """What the key, or the person on the page, may be used for at most."""
    is_operator: bool


class ChatView(msgspec.Struct, frozen=True, kw_only=True):
    """A group or channel that the person is in. Its title is its own words.

    `{"chat_id": "-1001234567890", "kind": "supergroup", "title": "Whales", "may_change": true}`.
    """

    chat_id: str
    kind: str
    title: str
    may_change: bool


class LimitsView(msgspec.Struct, frozen=True, kw_only=True):
    """How much of its tier's limits the chat uses; a limit of null is none.

    `{"tier": "free", "watches": 12, "watches_limit": 50, "paused": 0, "alerts_this_hour": 3,
    "alerts_an_hour": null}`.
    """

    tier: str
    watches: int
    watches_limit: int
    paused: int
    """Wallets that pause, since there are more than the limit."""
    alerts_this_hour: int
    alerts_an_hour: int | None


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh the data is; null: it is not known.

    `{"at": "2026-11-29T17:00:00Z", "slot": 341220118, "behind_seconds": 0.8, "latency_p50_seconds": 1.2,
    "latency_p95_seconds": 2.5, "waiting": 0, "wallets": 900, "limits": {"tier": "free", "watches": 12,
    "watches_limit": 50, "paused": 0, "alerts_this_hour": 3, "alerts_an_hour": null}, "closed_reason": null}`.
    """

    at: datetime
    slot: int | None
    """Everything on the chain up to here is stored."""
    behind_seconds: float | None
    """Since that slot was stored."""
    latency_p50_seconds: float | None
    latency_p95_seconds: float | None
    """From the block to the accepted message, of the last hour."""
    waiting: int
    """Messages that are due."""
    wallets: int
    """That anybody follows."""
    limits: LimitsView
    closed_reason: str | None
    """Why nothing is sent to this chat; null: it is open."""


async def _who(call: Call) -> WhoView:
    caller = call.caller
    return WhoView(
        user_id=str(caller.user_id),
        chat_id=str(caller.target.chat_id),
        scopes=tuple(sorted(caller.scopes)),
        is_operator=Scope.ADMIN in caller.scopes and caller.user_id in call.services.operators,
    )


async def _chats(call: Call) -> Page[ChatView]:
    found = await call.services.access.chats(call.caller.user_id)
    return Page(
        data=[
            ChatView(
                chat_id=str(chat.chat_id), kind=chat.kind.value, title=chat.title or "", may_change=may_change
            )
            for chat, may_change in found
        ]
    )


async def _status(call: Call) -> StatusView:
    services, chat_id = call.services, call.caller.target.chat_id
    now = (await services.system_status.statistics()).snapshot
    used, standing = await services.people.limits_used(chat_id), await services.chats.standing(chat_id)
    return StatusView(
        at=clock.now(),
        slot=now.slot,
        behind_seconds=now.feed_age_seconds,
        latency_p50_seconds=now.p50,
        latency_p95_seconds=now.p95,
        waiting=now.deliveries_due,
        wallets=now.wallets,
        limits=LimitsView(
            tier=used.tier.name,
            watches=used.watches,
            watches_limit=used.tier.watches,
            paused=used.paused,
            alerts_this_hour=used.alerts_this_hour,
            alerts_an_hour=used.tier.alerts_an_hour,
        ),
        closed_reason=None if standing is None else standing.reason,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/whoami",
        summary="Who asks, for which chat, with which scopes",
        scope=Scope.READ,
        answer=WhoView,
        run=_who,
    ),
    Endpoint(
        method="GET",
        path="/chats",
        summary="Groups and channels that the person was seen in and is in now",
        scope=Scope.READ,
        answer=Page[ChatView],
        run=_chats,
    ),
    Endpoint(
        method="GET",
        path="/status",
        summary="How fresh the data is, and how much of the chat's limits is used",
        scope=Scope.READ,
        answer=StatusView,
        run=_status,
    ),
)
