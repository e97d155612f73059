"""Endpoints of tokens, prices and scans: what is stored of them, without asking a node."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.activity.addresses import is_address
from domain.errors import BadInput, NotFound
from domain.security.checks import Check, Family, Grade, Source, Verdict
from domain.security.scan import grade
from domain.tokens.candles import Candle
from domain.tokens.market_price import TokenPrice
from web.api.endpoint import Call, Endpoint, Page
from web.api.watches import Address

MAX_MINTS = 50


class MintParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which token."""

    mint: Address


class MintList(msgspec.Struct, frozen=True, kw_only=True):
    """Which tokens."""

    mints: Annotated[
        str, msgspec.Meta(max_length=MAX_MINTS * 45, description=f"Up to {MAX_MINTS} mints, between commas.")
    ]


class TokenQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which tokens, by symbol."""

    symbol: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$")]


class CandleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which candles of a token."""

    mint: Address
    seconds: Annotated[int, msgspec.Meta(description="60 or 3600.")] = 3_600
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 30)] = 24


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """What a token was worth when it was last seen; decimal texts.

    `{"mint": "EKpQ…", "usd": "0.414", "source": "pool", "at": "2026-11-29T17:00:00Z", "pool": "EP2i…",
    "liquidity_usd": "4400000", "market_cap_usd": "412000000", "certain": true}`.
    """

    mint: str
    usd: Decimal
    source: str
    at: datetime
    pool: str | None
    liquidity_usd: Decimal | None
    market_cap_usd: Decimal | None
    certain: bool


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a token. Names are its own words: anybody may call theirs so.

    `{"mint": "EKpQ…", "symbol": "WIF", "name": "dogwifhat", "decimals": 6, "supply": "998840662000000",
    "mint_authority": null, "freeze_authority": null, "facts_at": "2026-11-29T17:00:00Z", "created_at": null,
    "price": null}`.
    """

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


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """One question about the token, with its answer.

    `{"name": "mint authority", "family": "control", "verdict": "pass", "reason": "nobody can make more",
    "at_best": "A", "source": {"name": "mint account", "slot": 341220118, "read_at": 1764435787},
    "is_permanent": true}`.
    """

    name: str
    family: Family
    verdict: Verdict
    reason: str
    at_best: Grade
    """The best grade that a token with this finding may have."""
    source: Source
    is_permanent: bool
    """What it found can never change."""


class ScanView(msgspec.Struct, frozen=True, kw_only=True):
    """The last security scan of a token.

    `{"mint": "EKpQ…", "grade": "B", "decided": 15, "of": 17, "checks": [], "symbol": "WIF", "name":
    "dogwifhat", "slot": 341220118, "scanned_at": "2026-11-29T17:00:00Z", "news": []}`.
    """

    mint: str
    grade: str
    decided: int
    of: int
    checks: tuple[CheckView, ...]
    symbol: str | None
    name: str | None
    slot: int | None
    scanned_at: datetime
    news: tuple[str, ...]
    """What changed since the last scan that was different."""


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
        checks=tuple(_check_view(check) for check in scan.checks),
        symbol=scan.symbol,
        name=scan.name,
        slot=scan.slot,
        scanned_at=reading.read_at,
        news=tuple(map(str, reading.news)),
    )


def _check_view(check: Check) -> CheckView:
    return CheckView(
        name=check.name,
        family=check.family,
        verdict=check.verdict,
        reason=check.reason,
        at_best=check.at_best,
        source=check.source,
        is_permanent=check.is_permanent,
    )


ENDPOINTS = (
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
