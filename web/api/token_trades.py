"""Endpoint of a token's entries and exits: what the chat's followed wallets bought and sold of it."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from domain.access import Scope
from domain.activity.activity import Activity, Kind
from storage.delivery.chat_history import PastAlert
from web.api.endpoint import Call, Cursor, Endpoint, Limit, Page, cursor_number
from web.api.watches import Address

_TRADES = frozenset({Kind.BUY, Kind.SELL, Kind.SWAP})


class TradeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the trades of which token."""

    mint: Address
    cursor: Cursor = ""
    limit: Limit = 50


class TradeView(msgspec.Struct, frozen=True, kw_only=True):
    """An entry or an exit. The quantity is in the smallest unit, as a text.

    `{"wallet": "86xC…", "label": "Moby", "side": "buy", "quantity": "228000000", "usd": "94.4", "signature":
    "5h6x…", "slot": 341220118, "at": "2026-11-29T17:00:00Z"}`.
    """

    wallet: str
    label: str
    side: Literal["buy", "sell"]
    quantity: str
    usd: Decimal | None
    signature: str
    slot: int
    at: datetime


async def _trades(call: Call) -> Page[TradeView]:
    asked = call.parameters
    watches = {one.watch_id: one for one in await call.services.watches.of(call.caller.target)}
    page = await call.services.positions.token_history(
        [*watches], mint=asked.mint, before=cursor_number(asked.cursor), limit=asked.limit
    )
    views = (_view(one, asked.mint, watches[one.watch_id].label) for one in page.alerts)
    return Page(
        data=[view for view in views if view is not None],
        next_cursor=None if page.next_before is None else str(page.next_before),
    )


def _view(past: PastAlert, mint: str, label: str) -> TradeView | None:
    """The trade as programs read it; None: it is none, or it never happened."""
    activity = past.event
    if not isinstance(activity, Activity) or activity.kind not in _TRADES or past.reverted:
        return None
    received = sum(leg.raw for leg in activity.received if leg.mint == mint)
    quantity = received or sum(leg.raw for leg in activity.paid if leg.mint == mint)
    return TradeView(
        wallet=activity.wallet,
        label=label,
        side="buy" if received else "sell",
        quantity=str(quantity),
        usd=past.market.usd,
        signature=activity.signature,
        slot=activity.slot,
        at=past.happened_at,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tokens/{mint}/trades",
        summary="Entries and exits of followed wallets in a token, the latest first; a page may hold fewer",
        scope=Scope.READ,
        parameters=TradeQuery,
        answer=Page[TradeView],
        run=_trades,
    ),
)
