"""Endpoints of paper campaigns: wallets followed with virtual money, and what that came to."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from domain.access import Scope
from domain.errors import BadInput, NotFound
from domain.paper.plan import Plan
from domain.paper.stored import StoredCampaign, StoredFill
from services.paper import Asker
from web.api.campaign_views import (
    CampaignParameter,
    CampaignView,
    FillView,
    NewCampaign,
    NewStatus,
    PointView,
)
from web.api.endpoint import Call, Endpoint, Page

MAX_FILLS = 100
"""The latest of a campaign."""


async def _campaigns(call: Call) -> Page[CampaignView]:
    found = await call.services.campaigns.of(call.caller.target)
    return Page(data=[_view(one) for one in found])


async def _start(call: Call) -> CampaignView:
    body: NewCampaign = call.body
    followed = {watch.wallet for watch in await call.services.watches.of(call.caller.target)}
    if not followed.issuperset(body.wallets):
        raise NotFound("The chat does not follow each of these wallets.")
    asker = _asker(call)
    return _view(await call.services.campaigns.start(call.caller.target, _plan(body), asker))


def _plan(body: NewCampaign) -> Plan:
    fields = {name: getattr(body, name) for name in body.__struct_fields__ if name != "wallets"}
    try:
        return Plan(**fields, wallets=frozenset(body.wallets))
    except ValueError as error:
        raise BadInput(str(error)) from error


def _asker(call: Call) -> Asker:
    return Asker(user_id=call.caller.user_id, origin=f"web {secrets.token_hex(16)}")


async def _change(call: Call) -> CampaignView:
    body: NewStatus = call.body
    store, target = call.services.campaigns, call.caller.target
    campaign_id: int = call.parameters.campaign_id
    await store.one(target, campaign_id)
    await store.change(target, campaign_id, body.status, _asker(call))
    return await _campaign(call)


async def _campaign(call: Call) -> CampaignView:
    return _view(await call.services.campaigns.one(call.caller.target, call.parameters.campaign_id))


async def _fills(call: Call) -> Page[FillView]:
    store, target = call.services.campaigns, call.caller.target
    await store.one(target, call.parameters.campaign_id)
    found, symbols = await store.fills(target, call.parameters.campaign_id, limit=MAX_FILLS)
    return Page(data=[_fill_view(one, symbols) for one in found])


async def _points(call: Call) -> Page[PointView]:
    store, target = call.services.campaigns, call.caller.target
    await store.one(target, call.parameters.campaign_id)
    found = await store.points(target, call.parameters.campaign_id)
    return Page(
        data=[
            PointView(
                at=datetime.fromtimestamp(one.at, UTC), lamports=str(one.own), whale_lamports=str(one.whale)
            )
            for one in found
        ]
    )


def _view(one: StoredCampaign) -> CampaignView:
    plan, result = one.plan, one.result
    return CampaignView(
        campaign_id=one.campaign_id,
        wallets=[*one.wallets],
        status=one.status.value,
        size_sol=plan.size_sol,
        delay_s=plan.delay_s,
        fee_bps=plan.fee_bps,
        take_profit_pct=plan.take_profit_pct,
        stop_pct=plan.stop_pct,
        max_open=plan.max_open,
        priority_sol=plan.priority_sol,
        since=plan.since,
        until=plan.until,
        read_until=one.read_until,
        error=one.error,
        open_positions=one.figures.open_positions,
        trades=result.trades,
        wins=result.wins,
        unfilled=result.unfilled,
        late=result.late,
        refused=result.refused,
        realised_lamports=str(result.realised),
        fees_lamports=str(result.fees),
        max_drawdown_lamports=str(result.max_drawdown),
        holding_lamports=str(result.holding),
        end_lamports=str(result.end),
        whale_end_lamports=str(one.figures.whale.end),
        created_at=one.created_at,
    )


def _fill_view(fill: StoredFill, symbols: Mapping[str, str | None]) -> FillView:
    return FillView(
        side=fill.side.value,
        cause=fill.cause.value,
        wallet=fill.wallet,
        mint=fill.token,
        symbol=symbols.get(fill.token),
        signature=fill.signature,
        ordered_at=fill.ordered_at,
        filled_at=fill.filled_at,
        quantity=fill.quantity,
        lamports=str(fill.lamports),
        fees_lamports=str(fill.fees),
        gain_lamports=None if fill.gain is None else str(fill.gain),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/campaigns",
        summary="Paper campaigns, with virtual money",
        scope=Scope.READ,
        answer=Page[CampaignView],
        run=_campaigns,
    ),
    Endpoint(
        method="POST",
        path="/campaigns",
        summary="Start a paper campaign of followed wallets: live, over history, or from a time to come",
        scope=Scope.WRITE,
        body=NewCampaign,
        answer=CampaignView,
        run=_start,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="GET",
        path="/campaigns/{campaign_id}",
        summary="A paper campaign and what it has come to",
        scope=Scope.READ,
        parameters=CampaignParameter,
        answer=CampaignView,
        run=_campaign,
    ),
    Endpoint(
        method="GET",
        path="/campaigns/{campaign_id}/points",
        summary="The curve of a campaign, oldest first",
        scope=Scope.READ,
        parameters=CampaignParameter,
        answer=Page[PointView],
        run=_points,
    ),
    Endpoint(
        method="PATCH",
        path="/campaigns/{campaign_id}",
        summary="Pause a campaign, let it run again, or stop it for good",
        scope=Scope.WRITE,
        parameters=CampaignParameter,
        body=NewStatus,
        answer=CampaignView,
        run=_change,
    ),
    Endpoint(
        method="GET",
        path="/campaigns/{campaign_id}/fills",
        summary="The latest fills of a campaign, newest first",
        scope=Scope.READ,
        parameters=CampaignParameter,
        answer=Page[FillView],
        run=_fills,
    ),
)
