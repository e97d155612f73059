"""Endpoints of followed wallets: what they have made, and what they have."""

from datetime import datetime
from decimal import Decimal
from itertools import accumulate

import msgspec

from domain.access import Scope
from domain.activity.activity import SOL_DECIMALS
from domain.activity.addresses import is_address
from domain.activity.amounts import as_decimal
from domain.errors import BadInput, NotFound
from domain.positions.equity import steps_of
from domain.positions.holdings import Holding
from domain.positions.records import Record, record_of
from web.api.endpoint import Call, Endpoint, Page, PageParameters, cursor_number
from web.api.watches import Address

MAX_POINTS = 1_000
"""Of a curve; the latest."""


class WalletParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which followed wallet."""

    wallet: Address


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a followed wallet has of a token and made of it. Raw amounts and lamports are texts.

    `{"wallet": "86xC…", "mint": "EKpQ…", "symbol": "WIF", "decimals": 6, "quantity": "228000000",
    "quantity_unknown": "0", "quantity_claimed": "0", "cost_lamports": "500000000", "cost_nano_usd":
    "94000000000", "realised_lamports": "0", "realised_nano_usd": null, "fees_lamports": "105000",
    "opened_at": 1764435787, "is_closed": false}`.
    """

    wallet: str
    mint: str
    symbol: str | None
    decimals: int | None
    quantity: str
    quantity_unknown: str
    """Of it: what came without a known cost."""
    quantity_claimed: str
    """Of that: what airdrops and rewards brought."""
    cost_lamports: str
    cost_nano_usd: str
    realised_lamports: str
    realised_nano_usd: str | None
    fees_lamports: str
    opened_at: int | None
    is_closed: bool


class WalletView(msgspec.Struct, frozen=True, kw_only=True):
    """A followed wallet and its record.

    `{"wallet": "86xC…", "label": "Moby", "style": "swing trader", "win_rate": "0.67", "realised_lamports":
    "800000000", "net_lamports": "799905000", "record": {"realised_sol": 800000000, "realised_usd": null,
    "fees": 95000, "coverage": "0.9", "trades": 41, "trips": 12, "wins": 8, "median_gain": "0.2", "mean_gain":
    "0.3", "drawdown_sol": 90000000, "median_held": 3600, "open_positions": 2, "since": 1764435787}}`.
    """

    wallet: str
    label: str
    style: str | None
    win_rate: Decimal | None
    realised_lamports: str
    net_lamports: str
    record: Record


class PositionQuery(PageParameters, frozen=True, kw_only=True):
    """Which page of which followed wallet."""

    wallet: Address


class EquityPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A round trip that ended, and what all up to it have made; SOL after fees.

    `{"at": "2026-11-29T17:00:00Z", "gain": "0.4", "total": "12.1"}`.
    """

    at: datetime
    gain: Decimal
    total: Decimal


async def _wallets(call: Call) -> Page[WalletView]:
    after = cursor_number(call.parameters.cursor, first=0)
    every = [one for one in await call.services.watches.of(call.caller.target) if one.watch_id > after]
    watches = every[: call.parameters.limit]
    more = len(every) > len(watches)
    holdings = await call.services.positions.of([watch.wallet for watch in watches])
    return Page(
        data=[_wallet_view(watch.wallet, watch.label, holdings.get(watch.wallet, {})) for watch in watches],
        next_cursor=str(watches[-1].watch_id) if more else None,
    )


async def _wallet(call: Call) -> WalletView:
    label = await _label_of(call, call.parameters.wallet)
    holdings = await call.services.positions.of([call.parameters.wallet])
    return _wallet_view(call.parameters.wallet, label, holdings.get(call.parameters.wallet, {}))


def _wallet_view(wallet: str, label: str, holdings: dict[str, Holding]) -> WalletView:
    record = record_of(holdings)
    return WalletView(
        wallet=wallet,
        label=label,
        style=None if record.style is None else record.style.value,
        win_rate=record.win_rate,
        realised_lamports=str(record.realised_sol),
        net_lamports=str(record.net_sol),
        record=record,
    )


async def _equity(call: Call) -> Page[EquityPoint]:
    wallet = call.parameters.wallet
    await _label_of(call, wallet)
    steps = steps_of((await call.services.positions.of([wallet])).get(wallet, {}).values())[-MAX_POINTS:]
    totals = accumulate(step.gain for step in steps)
    return Page(
        data=[
            EquityPoint(at=step.at, gain=_sol(step.gain), total=_sol(total))
            for step, total in zip(steps, totals, strict=True)
        ]
    )


def _sol(lamports: int) -> Decimal:
    return as_decimal(lamports, SOL_DECIMALS)


async def _positions(call: Call) -> Page[PositionView]:
    await _label_of(call, call.parameters.wallet)
    wallet, after = call.parameters.wallet, call.parameters.cursor
    if after and not is_address(after):
        raise BadInput("cursor: take next_cursor of the page before.")
    every = sorted((await call.services.positions.of([wallet])).get(wallet, {}).items())
    rest = [(mint, one) for mint, one in every if mint > after]  # a new token moves none to another page
    holdings = dict(rest[: call.parameters.limit])
    tokens = await call.services.positions.known_tokens([*holdings])
    return Page(
        data=[
            PositionView(
                wallet=wallet,
                mint=mint,
                symbol=tokens[mint].symbol if mint in tokens else None,
                decimals=tokens[mint].decimals if mint in tokens else None,
                quantity=str(one.quantity),
                quantity_unknown=str(one.unknown),
                quantity_claimed=str(one.claimed),
                cost_lamports=str(one.sol.cost),
                cost_nano_usd=str(one.usd.cost),
                realised_lamports=str(one.sol.realised),
                realised_nano_usd=str(one.usd.realised) if one.usd.is_realised_known else None,
                fees_lamports=str(one.fees),
                opened_at=one.opened_at,
                is_closed=one.is_closed,
            )
            for mint, one in holdings.items()
        ],
        next_cursor=max(holdings) if len(rest) > len(holdings) else None,
    )


async def _label_of(call: Call, wallet: str) -> str:
    watches = await call.services.watches.of(call.caller.target)
    found = next((watch for watch in watches if watch.wallet == wallet), None)
    if found is None:
        raise NotFound("This chat does not follow this wallet.")
    return found.label


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/wallets",
        summary="Followed wallets with what they have made",
        scope=Scope.READ,
        parameters=PageParameters,
        answer=Page[WalletView],
        run=_wallets,
    ),
    Endpoint(
        method="GET",
        path="/wallets/{wallet}",
        summary="One followed wallet",
        scope=Scope.READ,
        parameters=WalletParameter,
        answer=WalletView,
        run=_wallet,
    ),
    Endpoint(
        method="GET",
        path="/wallets/{wallet}/equity",
        summary="What a followed wallet has made over time, round trip by round trip",
        scope=Scope.READ,
        parameters=WalletParameter,
        answer=Page[EquityPoint],
        run=_equity,
    ),
    Endpoint(
        method="GET",
        path="/positions",
        summary="What a followed wallet has, token by token",
        scope=Scope.READ,
        parameters=PositionQuery,
        answer=Page[PositionView],
        run=_positions,
    ),
)
