"""An alert as programs read it: on the API, in the feed, in webhooks. Amounts and dollars are texts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from domain.activity.activity import SOL, Activity, Leg
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, kind_of, rules_of, subject_of
from domain.alerts.late_facts import NOTHING_LATE, LateFacts, with_late
from domain.patterns.found import TOGETHER, PatternFound
from domain.security.checks import GradeSummary
from domain.security.safety import SafetyChanged
from domain.tokens.price_alerts import PriceReached
from domain.tokens.token_trades import TokenTraded


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


def published(record: AlertRecord, symbols: Mapping[str, str | None]) -> PublishedAlert:
    """The alert as programs read it.

    Args:
        record: what is stored.
        symbols: by mint, as far as they are known.
    """
    event, market = record.event, with_late(record.market, record.late)
    activity = _activity_of(event)
    grade = record.late.grade if record.grade is None else record.grade
    return PublishedAlert(
        alert_id=str(record.alert_id),
        delivery_id=str(record.delivery_id),
        type=kind_of(event).value,
        kind=rules_of(event).sort(event),
        chain=rules_of(event).chain(event),
        wallet=_wallet(event),
        label=record.label or None,
        signature=None if activity is None else activity.signature,
        slot=None if isinstance(event, PatternFound) else rules_of(event).order(event) or None,
        block_time=record.happened_at,
        created_at=record.created_at,
        activity=None if activity is None else _activity(activity, symbols),
        price=_price(event) if isinstance(event, PriceReached) else None,
        dangers=tuple(danger.value for danger in event.dangers) if isinstance(event, SafetyChanged) else (),
        mint=_mint(event),
        wallets=event.wallets if isinstance(event, PatternFound) else (),
        moved_to=event.to if isinstance(event, PatternFound) else None,
        usd=_text(event.usd if isinstance(event, PriceReached) else market.usd),
        market_cap_usd=_text(market.market_cap),
        liquidity_usd=_text(market.liquidity),
        grade=None if grade is None else grade.grade.value,
        position=None if activity is None else _position(activity),
        provisional=record.provisional,
        reverted=record.reverted,
    )


def _activity_of(event: AlertEvent) -> Activity | None:
    if isinstance(event, TokenTraded):
        return event.activity
    return event if isinstance(event, Activity) else None


def _wallet(event: AlertEvent) -> str | None:
    if isinstance(event, PatternFound):
        return None if event.pattern in TOGETHER else event.wallet
    activity = _activity_of(event)
    return None if activity is None else activity.wallet


def _mint(event: AlertEvent) -> str | None:
    if isinstance(event, PatternFound):
        return event.mint
    return None if isinstance(event, Activity) else subject_of(event)


def _activity(activity: Activity, symbols: Mapping[str, str | None]) -> PublishedActivity:
    return PublishedActivity(
        kind=activity.kind.value,
        paid=tuple(_leg(leg, symbols) for leg in activity.paid),
        received=tuple(_leg(leg, symbols) for leg in activity.received),
        venue=activity.venue,
        route=activity.route,
        fee=str(activity.fee),
        counterparty=activity.counterparty,
    )


def _leg(leg: Leg, symbols: Mapping[str, str | None]) -> PublishedLeg:
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
