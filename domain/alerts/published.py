"""An alert as programs read it: on the API, in the feed, in webhooks. Amounts and dollars are texts. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from domain.activity.activity import SOL, Activity, Leg
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, AlertKind, kind_of, rules_of
from domain.alerts.late_facts import NOTHING_LATE, LateFacts, with_late
from domain.patterns.found import TOGETHER, PatternFound
from domain.security.checks import GradeSummary
from domain.security.safety import SafetyChanged
from domain.tokens.price_alerts import PriceReached
from domain.tokens.token_trades import TokenTraded

Symbols = Mapping[str, str | None]
"""What tokens call themselves, by mint; None: not known."""


class PublishedLeg(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of one mint.

    `{"mint":"SOL","raw":"84200000000","decimals":9,"symbol":"SOL"}`.
    """

    mint: str
    """The mint's address, or `SOL`."""
    raw: str
    """Whole number in the smallest unit."""
    decimals: int | None
    symbol: str | None
    """As the token calls itself; anybody may call theirs so."""


class PublishedActivity(msgspec.Struct, frozen=True, kw_only=True):
    """What a wallet did.

    `{"kind": "buy", "paid": [], "received": [], "venue": "Raydium AMM v4", "route": [], "fee": "5000",
    "counterparty": null}`.
    """

    kind: str
    paid: tuple[PublishedLeg, ...]
    received: tuple[PublishedLeg, ...]
    venue: str | None
    route: tuple[str, ...]
    fee: str
    """Lamports for the network."""
    counterparty: str | None


class PublishedPosition(msgspec.Struct, frozen=True, kw_only=True):
    """What the wallet had of the traded token, over the accounts that the transaction names.

    `{"before":null,"after":"38410250000"}`.
    """

    before: str | None
    after: str | None


class PublishedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price alert that fired.

    `{"mint":"EKpQ…","condition":"above","target":"0.5","usd":"0.503","certain":true}`.
    """

    mint: str
    condition: str
    target: str
    usd: str
    certain: bool


class PublishedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert for one chat. What is not known is null.

    `{"alert_id": "7", "delivery_id": "9", "type": "activity", "kind": "buy", "chain": "solana", "wallet":
    "86xC…", "label": "Toly", "signature": "5Nf2…", "slot": 341220118, "block_time": "2025-11-29T17:03:07Z",
    "created_at": "2025-11-29T17:03:09Z", "activity": null, "price": null, "dangers": [], "mint": null, "usd":
    "15900", "market_cap_usd": null, "liquidity_usd": null, "grade": "B", "position": null, "provisional":
    false, "reverted": false}`.
    """

    alert_id: str
    delivery_id: str
    type: str
    """activity, or another kind of alert."""
    kind: str
    """Within the type, such as buy."""
    chain: str
    wallet: str | None
    """Of the activity, or of a pattern of one wallet; null where an alert is about no wallet."""
    label: str | None
    signature: str | None
    slot: int | None
    block_time: datetime
    created_at: datetime
    activity: PublishedActivity | None
    price: PublishedPrice | None
    dangers: tuple[str, ...]
    """What made a token dangerous, the gravest first."""
    mint: str | None
    """Of an alert about a token."""
    usd: str | None
    market_cap_usd: str | None
    liquidity_usd: str | None
    grade: str | None
    """Of the token's security scan; null: none was there when the alert was made."""
    position: PublishedPosition | None
    wallets: tuple[str, ...] = ()
    """Of a pattern: who took part."""
    moved_to: str | None = None
    """The new address of a wallet that moved."""
    provisional: bool
    """It rests on the claim of a stream alone so far."""
    reverted: bool
    """Its block has died: it never happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """What is stored of an alert and of its delivery to one chat."""

    alert_id: int
    delivery_id: int
    event: AlertEvent
    label: str
    happened_at: datetime
    created_at: datetime
    market: MarketFacts = NO_MARKET
    late: LateFacts = NOTHING_LATE
    grade: GradeSummary | None = None
    provisional: bool = False
    reverted: bool = False


def mints_of(record: AlertRecord) -> frozenset[str]:
    """The tokens whose symbols `published` asks for."""
    return frozenset(rules_of(record.event).mints(record.event)) - {SOL}


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfKind:
    """What an alert of some kind says beyond what all say."""

    wallet: str | None = None
    signature: str | None = None
    slot: int | None = None
    activity: PublishedActivity | None = None
    price: PublishedPrice | None = None
    dangers: tuple[str, ...] = ()
    mint: str | None = None
    wallets: tuple[str, ...] = ()
    moved_to: str | None = None
    usd: str | None = None
    """None: what the market says that it was worth."""
    position: PublishedPosition | None = None


def published(record: AlertRecord, symbols: Symbols) -> PublishedAlert:
    """The alert as programs read it.

    Args:
        record: what is stored.
        symbols: by mint, as far as they are known.
    """
    event, market = record.event, with_late(record.market, record.late)
    kind, rules = kind_of(event), rules_of(event)
    of_kind = _OF_KIND.get(kind, _of_any)(event, symbols)
    grade = record.late.grade if record.grade is None else record.grade
    return PublishedAlert(
        alert_id=str(record.alert_id),
        delivery_id=str(record.delivery_id),
        type=kind.value,
        kind=rules.sort(event),
        chain=rules.chain(event),
        wallet=of_kind.wallet,
        label=record.label or None,
        signature=of_kind.signature,
        slot=of_kind.slot or None,
        block_time=record.happened_at,
        created_at=record.created_at,
        activity=of_kind.activity,
        price=of_kind.price,
        dangers=of_kind.dangers,
        mint=of_kind.mint,
        wallets=of_kind.wallets,
        moved_to=of_kind.moved_to,
        usd=of_kind.usd or _text(market.usd),
        market_cap_usd=_text(market.market_cap),
        liquidity_usd=_text(market.liquidity),
        grade=None if grade is None else grade.grade.value,
        position=of_kind.position,
        provisional=record.provisional,
        reverted=record.reverted,
    )


def _of_activity(activity: Activity, symbols: Symbols, *, mint: str | None = None) -> _OfKind:
    return _OfKind(
        wallet=activity.wallet,
        signature=activity.signature,
        slot=activity.slot,
        activity=_activity(activity, symbols),
        mint=mint,
        position=_position(activity),
    )


def _of_any(event: AlertEvent, _: Symbols) -> _OfKind:
    """Of a kind without a row."""
    return _OfKind(slot=rules_of(event).order(event))


def _of_price(event: PriceReached, _: Symbols) -> _OfKind:
    return _OfKind(slot=event.slot, price=_price(event), mint=event.mint, usd=_text(event.usd))


def _of_safety(event: SafetyChanged, _: Symbols) -> _OfKind:
    dangers = tuple(danger.value for danger in event.dangers)
    return _OfKind(slot=event.after.slot, dangers=dangers, mint=event.mint)


def _of_pattern(event: PatternFound, _: Symbols) -> _OfKind:
    wallet = None if event.pattern in TOGETHER else event.wallet
    return _OfKind(wallet=wallet, mint=event.mint, wallets=event.wallets, moved_to=event.to)


def _of_trade(event: TokenTraded, symbols: Symbols) -> _OfKind:
    return _of_activity(event.activity, symbols, mint=event.mint)


_OF_KIND: Mapping[AlertKind, Callable[[Any, Symbols], _OfKind]] = MappingProxyType(
    {
        AlertKind.ACTIVITY: _of_activity,
        AlertKind.PRICE: _of_price,
        AlertKind.SAFETY: _of_safety,
        AlertKind.PATTERN: _of_pattern,
        AlertKind.TOKEN_TRADE: _of_trade,
    }
)
"""What a kind says of itself; one without a row says what all say."""


def _activity(activity: Activity, symbols: Symbols) -> PublishedActivity:
    return PublishedActivity(
        kind=activity.kind.value,
        paid=tuple(_leg(leg, symbols) for leg in activity.paid),
        received=tuple(_leg(leg, symbols) for leg in activity.received),
        venue=activity.venue,
        route=activity.route,
        fee=str(activity.fee),
        counterparty=activity.counterparty,
    )


def _leg(leg: Leg, symbols: Symbols) -> PublishedLeg:
    symbol = SOL if leg.mint == SOL else symbols.get(leg.mint)
    return PublishedLeg(mint=leg.mint, raw=str(leg.raw), decimals=leg.decimals, symbol=symbol)


def _position(activity: Activity) -> PublishedPosition | None:
    if activity.token_before is None and activity.token_after is None:
        return None
    return PublishedPosition(before=_text(activity.token_before), after=_text(activity.token_after))


def _price(event: PriceReached) -> PublishedPrice:
    return PublishedPrice(
        mint=event.mint,
        condition=event.condition.value,
        target=format(event.target, "f"),
        usd=format(event.usd, "f"),
        certain=event.is_certain,
    )


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
