"""Endpoints of tokens, prices, scans and positions: what is stored of them, without asking a node."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.activity.addresses import is_address
from domain.errors import BadInput, NotFound
from domain.positions.holdings import Holding
from domain.positions.records import Record, record_of
from domain.security.checks import Check
from domain.security.scan import grade
from domain.tokens.candles import Candle
from domain.tokens.market_price import TokenPrice
from web.api.endpoint import Call, Endpoint, Page
from web.api.watches import Address

MAX_MINTS = 50


class MintParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which token."""

    mint: Address


class WalletParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which followed wallet."""

    wallet: Address


class MintList(msgspec.Struct, frozen=True, kw_only=True):
    """Which tokens."""

    mints: Annotated[
        str, msgspec.Meta(max_length=MAX_MINTS * 45, description=f"Up to {MAX_MINTS} mints, between commas.")
    ]


class TokenQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which tokens, by symbol."""

    symbol: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class CandleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which candles of a token."""

    mint: Address
    seconds: Annotated[int, msgspec.Meta(description="60 or 3600.")] = 3_600
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 30)] = 24


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """What a token was worth when it was last seen; decimal texts."""

    mint: str
    usd: Decimal
    source: str
    at: datetime
    pool: str | None
    liquidity_usd: Decimal | None
    market_cap_usd: Decimal | None
    certain: bool


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a token. Names are its own words: anybody may call theirs so."""

    mint: str
    symbol: str | None
    name: str | None
    decimals: int
    supply: str | None
    mint_authority: str | None
    freeze_authority: str | None
    facts_at: datetime | None
    """When the mint was read; null: authorities are not known."""
    created_at: datetime | None
    price: PriceView | None


class ScanView(msgspec.Struct, frozen=True, kw_only=True):
    """The last security scan of a token."""

    mint: str
    grade: str
    decided: int
    of: int
    checks: tuple[Check, ...]
    symbol: str | None
    name: str | None
    slot: int | None
    scanned_at: datetime
    news: tuple[str, ...]
    """What changed since the last scan that was different."""


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


async def _tokens(call: Call) -> Page[TokenView]:
    mints = await call.services.alert_history.mints_called(call.caller.target, call.parameters.symbol)
    return Page(data=await _token_views(call, mints))


async def _token(call: Call) -> TokenView:
    found = await _token_views(call, [call.parameters.mint])
    if not found:
        raise NotFound("Nothing is known of this token yet.")
    return found[0]


async def _token_views(call: Call, mints: Sequence[str]) -> list[TokenView]:
    tokens = await call.services.positions.known_tokens(mints)
    prices = await call.services.positions.prices(mints)
    return [
        TokenView(
            mint=mint,
            symbol=token.symbol,
            name=token.name,
            decimals=token.decimals,
            supply=None if token.supply is None else str(token.supply),
            mint_authority=token.mint_authority,
            freeze_authority=token.freeze_authority,
            facts_at=token.facts_at,
            created_at=token.created_at,
            price=_price_view(prices[mint]) if mint in prices else None,
        )
        for mint in mints
        if (token := tokens.get(mint)) is not None
    ]


async def _prices(call: Call) -> Page[PriceView]:
    mints = [mint for mint in call.parameters.mints.split(",") if mint]
    if len(mints) > MAX_MINTS or not all(is_address(mint) for mint in mints):
        raise BadInput(f"mints: up to {MAX_MINTS} addresses, between commas.")
    found = await call.services.positions.prices(mints)
    return Page(data=[_price_view(found[mint]) for mint in mints if mint in found])


def _price_view(price: TokenPrice) -> PriceView:
    return PriceView(
        mint=price.mint,
        usd=price.usd,
        source=price.source.value,
        at=price.read_at,
        pool=price.pool,
        liquidity_usd=price.liquidity,
        market_cap_usd=price.market_cap,
        certain=price.is_certain,
    )


async def _candles(call: Call) -> Page[Candle]:
    if call.parameters.seconds not in {60, 3_600}:
        raise BadInput("seconds: 60 or 3600.")
    candles = await call.services.positions.candles(
        call.parameters.mint, seconds=call.parameters.seconds, hours=call.parameters.hours
    )
    return Page(data=candles)


async def _scan(call: Call) -> ScanView:
    reading = await call.services.scan_store.last(call.parameters.mint)
    if reading is None:
        raise NotFound("This token was not scanned yet: /scan in the bot scans it.")
    scan = reading.scan
    return ScanView(
        mint=scan.subject,
        grade=grade(scan).value,
        decided=scan.decided,
        of=len(scan.checks),
        checks=scan.checks,
        symbol=scan.symbol,
        name=scan.name,
        slot=scan.slot,
        scanned_at=reading.read_at,
        news=reading.news,
    )


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
    Endpoint(
        method="GET",
        path="/tokens",
        summary="Tokens of the chat's recent alerts with a symbol; several may share it",
        scope=Scope.READ,
        parameters=TokenQuery,
        answer=Page[TokenView],
        run=_tokens,
    ),
    Endpoint(
        method="GET",
        path="/tokens/{mint}",
        summary="What is stored of a token",
        scope=Scope.READ,
        parameters=MintParameter,
        answer=TokenView,
        run=_token,
    ),
    Endpoint(
        method="GET",
        path="/prices",
        summary="The latest prices of tokens; one that has none is missing",
        scope=Scope.READ,
        parameters=MintList,
        answer=Page[PriceView],
        run=_prices,
    ),
    Endpoint(
        method="GET",
        path="/prices/{mint}/candles",
        summary="Candles of a token, oldest first",
        scope=Scope.READ,
        parameters=CandleQuery,
        answer=Page[Candle],
        run=_candles,
    ),
    Endpoint(
        method="GET",
        path="/scans/{mint}",
        summary="The last security scan of a token",
        scope=Scope.READ,
        parameters=MintParameter,
        answer=ScanView,
        run=_scan,
    ),
)
