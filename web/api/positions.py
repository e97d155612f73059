"""Endpoints of followed wallets: what they have made, and what they have."""

from decimal import Decimal

import msgspec

from domain.access import Scope
from domain.errors import NotFound
from domain.positions.holdings import Holding
from domain.positions.records import Record, record_of
from web.api.endpoint import Call, Endpoint, Page
from web.api.watches import Address


class WalletParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which followed wallet."""

    wallet: Address


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a followed wallet has of a token and made of it. Raw amounts and lamports are texts."""

    wallet: str
    mint: str
    symbol: str | None
    decimals: int | None
    quantity: str
    quantity_unknown: str
    """Of it: what came without a known cost."""
    cost_lamports: str
    cost_nano_usd: str
    realised_lamports: str
    realised_nano_usd: str | None
    fees_lamports: str
    opened_at: int | None
    is_closed: bool


class WalletView(msgspec.Struct, frozen=True, kw_only=True):
    """A followed wallet and its record."""

    wallet: str
    label: str
    style: str | None
    win_rate: Decimal | None
    realised_lamports: str
    net_lamports: str
    record: Record


async def _wallets(call: Call) -> Page[WalletView]:
    watches = await call.services.watches.of(call.caller.target)
    holdings = await call.services.positions.of([watch.wallet for watch in watches])
    return Page(
        data=[_wallet_view(watch.wallet, watch.label, holdings.get(watch.wallet, {})) for watch in watches]
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


async def _positions(call: Call) -> Page[PositionView]:
    await _label_of(call, call.parameters.wallet)
    wallet = call.parameters.wallet
    holdings = (await call.services.positions.of([wallet])).get(wallet, {})
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
                cost_lamports=str(one.sol.cost),
                cost_nano_usd=str(one.usd.cost),
                realised_lamports=str(one.sol.realised),
                realised_nano_usd=str(one.usd.realised) if one.usd.is_realised_known else None,
                fees_lamports=str(one.fees),
                opened_at=one.opened_at,
                is_closed=one.is_closed,
            )
            for mint, one in sorted(holdings.items())
        ]
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
        path="/positions",
        summary="What a followed wallet has, token by token",
        scope=Scope.READ,
        parameters=WalletParameter,
        answer=Page[PositionView],
        run=_positions,
    ),
)
