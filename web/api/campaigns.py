"""Endpoints of paper campaigns: wallets followed with virtual money, and what that came to."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.errors import BadInput, NotFound
from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, StoredCampaign, StoredFill
from runtime import clock
from web.api.audit import note
from web.api.endpoint import Call, Endpoint, Page
from web.api.watches import Address


class CampaignParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which campaign."""

    campaign_id: Annotated[int, msgspec.Meta(ge=1)]


class NewCampaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign to be started, of a wallet that the chat follows."""

    wallet: Address
    size_sol: Decimal
    delay_s: int = 2
    fee_bps: int = 100
    take_profit_pct: Decimal | None = None
    stop_pct: Decimal | None = None
    max_open: int = 10


class NewStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a campaign shall do."""

    status: CampaignStatus


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign and what it has come to. Lamports are texts."""

    campaign_id: int
    wallet: str
    status: str
    size_sol: Decimal
    delay_s: int
    fee_bps: int
    take_profit_pct: Decimal | None
    stop_pct: Decimal | None
    max_open: int
    open_positions: int
    trades: int
    wins: int
    unfilled: int
    realised_lamports: str
    fees_lamports: str
    max_drawdown_lamports: str
    holding_lamports: str
    end_lamports: str
    whale_end_lamports: str
    """The same sizes at the whale's own prices, without delay and costs."""
    created_at: datetime


class FillView(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was filled. Lamports are texts; of the quantity 10¹² are one whole token."""

    side: str
    cause: str
    mint: str
    signature: str
    ordered_at: int
    filled_at: int
    quantity: str
    lamports: str
    fees_lamports: str
    gain_lamports: str | None


async def _campaigns(call: Call) -> Page[CampaignView]:
    found = await call.services.campaigns.of(call.caller.target)
    return Page(data=[_view(one) for one in found])


async def _start(call: Call) -> CampaignView:
    body: NewCampaign = call.body
    watches = await call.services.watches.of(call.caller.target)
    if all(watch.wallet != body.wallet for watch in watches):
        raise NotFound("The chat does not follow that wallet.")
    campaign_id = await call.services.campaigns.start(call.caller.target, _plan(body))
    await note(call, f"paper {campaign_id} started")
    return await _one(call, campaign_id)


def _plan(body: NewCampaign) -> Plan:
    try:
        return Plan(
            size_sol=body.size_sol,
            delay_s=body.delay_s,
            fee_bps=body.fee_bps,
            take_profit_pct=body.take_profit_pct,
            stop_pct=body.stop_pct,
            max_open=body.max_open,
            wallets=frozenset({body.wallet}),
            since=int(clock.now().timestamp()),
        )
    except ValueError as error:
        raise BadInput(str(error)) from error


async def _change(call: Call) -> CampaignView:
    body: NewStatus = call.body
    campaign_id: int = call.parameters.campaign_id
    await _one(call, campaign_id)
    await call.services.campaigns.change(call.caller.target, campaign_id, body.status)
    await note(call, f"paper {campaign_id} {body.status.value}")
    return await _one(call, campaign_id)


async def _fills(call: Call) -> Page[FillView]:
    await _one(call, call.parameters.campaign_id)
    found, _ = await call.services.campaigns.fills(call.caller.target, call.parameters.campaign_id)
    return Page(data=[_fill_view(one) for one in found])


async def _one(call: Call, campaign_id: int) -> CampaignView:
    found = await call.services.campaigns.of(call.caller.target)
    for one in found:
        if one.campaign_id == campaign_id:
            return _view(one)
    raise NotFound("There is no such campaign.")


def _view(one: StoredCampaign) -> CampaignView:
    plan, result = one.plan, one.result
    return CampaignView(
        campaign_id=one.campaign_id,
        wallet=one.wallet,
        status=one.status.value,
        size_sol=plan.size_sol,
        delay_s=plan.delay_s,
        fee_bps=plan.fee_bps,
        take_profit_pct=plan.take_profit_pct,
        stop_pct=plan.stop_pct,
        max_open=plan.max_open,
        open_positions=one.open_positions,
        trades=result.trades,
        wins=result.wins,
        unfilled=result.unfilled,
        realised_lamports=str(result.realised),
        fees_lamports=str(result.fees),
        max_drawdown_lamports=str(result.max_drawdown),
        holding_lamports=str(result.holding),
        end_lamports=str(result.end),
        whale_end_lamports=str(one.whale.end),
        created_at=one.created_at,
    )


def _fill_view(fill: StoredFill) -> FillView:
    return FillView(
        side=fill.side.value,
        cause=fill.cause.value,
        mint=fill.token,
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
        summary="Start a paper campaign of a followed wallet",
        scope=Scope.WRITE,
        body=NewCampaign,
        answer=CampaignView,
        run=_start,
        status=HTTPStatus.CREATED,
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
