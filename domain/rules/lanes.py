"""Lanes and tiers: which message goes first, and how many a chat gets one by one in an hour. Pure.

An operator grants a chat its tier; what exceeds its alerts an hour goes together.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind
from domain.activity.prices import DOLLAR_MINTS

PACE = 1 / 27
"""Seconds between the fair-queue times of one alert's deliveries: as fast as Telegram takes them."""
FREE = "free"
"""The tier of every chat to which no operator gave another."""
MAX_PER_HOUR = 100_000
MAX_WATCHES = 5_000
"""Of one chat, in any tier."""
HourlyLimits = Mapping[str, int]
WatchLimits = Mapping[str, int]
"""Wallets that a chat may follow, by tier."""
"""Tier to alerts an hour; 0: no limit."""
NO_HOURLY_LIMITS: HourlyLimits = MappingProxyType({})


class Lane(IntEnum):
    """What goes first; a lower number passes the higher ones."""

    REPLIES = 0
    """Answers to people who look at the chat right now; never stored."""
    URGENT = 1
    """An exit, or about a token that the chat holds: who holds it may want to act."""
    NORMAL = 2
    BULK = 3
    """Outages: they may wait, and are never sent again when the answer does not come."""
    BROADCAST = 4
    """What an operator writes to all chats: after everything else, and at half of the rate at most."""


def lane_of(activity: Activity, *, full_exit: bool | None = None, is_owned: bool = False) -> Lane:
    """The lane of an activity's delivery.

    Args:
        activity: what happened.
        full_exit: whether a sell or swap left nothing; None: not known, and then it counts as an exit.
        is_owned: whether another wallet that the chat follows holds a token of it.
    """
    may_be_exit = activity.kind is Kind.SELL or bool(sold_by(activity))
    return Lane.URGENT if (may_be_exit and full_exit is not False) or is_owned else Lane.NORMAL


def tokens_of(activity: Activity) -> frozenset[str]:
    """The mints that one holds rather than pays with."""
    legs = (*activity.paid, *activity.received)
    return frozenset(leg.mint for leg in legs) - DOLLAR_MINTS - {SOL, WRAPPED_SOL}


def sold_by(activity: Activity) -> frozenset[str]:
    """The tokens that a sale, or a swap into another one, gave away; of what is neither none."""
    if activity.kind not in {Kind.SELL, Kind.SWAP}:
        return frozenset()
    legs = (*activity.paid, *activity.from_order)
    return frozenset(leg.mint for leg in legs) - DOLLAR_MINTS - {SOL, WRAPPED_SOL}


def market_token(activity: Activity) -> str | None:
    """The token whose market an alert shows: that of its price, or the only one that moved; None: none."""
    if activity.price is not None:
        return activity.price.token
    tokens = tokens_of(activity)
    return next(iter(tokens)) if len(tokens) == 1 else None


def fair_queue_time(begun: datetime, position: int) -> datetime:
    """When an alert's delivery number `position`, counted from 0, goes if all share fairly.

    An alert with very many followers takes the whole rate while it is alone, and leaves room for the next
    alert: these times are compared, not waited for.
    """
    return begun + timedelta(seconds=position * PACE)


def coalesce(
    created_at: datetime, before: tuple[datetime, datetime | None] | None, coalesce_seconds: float
) -> datetime | None:
    """Until when an alert waits for others of its wallet, so that a burst becomes one message.

    The first of a burst goes at once; what follows within the window goes together at its end.

    Args:
        created_at: when the alert was stored.
        before: the wallet's alert before: when it was stored, and until when it was coalesced.
        coalesce_seconds: within which alerts go together; 0: nothing waits.
    """
    if before is None or coalesce_seconds <= 0:
        return None
    last_at, coalesce_until = before
    sent_at = coalesce_until or last_at
    if created_at < sent_at:
        return coalesce_until
    ends = sent_at + timedelta(seconds=coalesce_seconds)
    return ends if created_at < ends else None


def parse_hourly_limits(text: str) -> HourlyLimits:
    """`free=300,plus=1000,pro=0` as caps.

    Raises:
        ValueError: it is no such list, or `free` is missing; says what to write.
    """
    example = "must be tiers and alerts an hour, like free=300,plus=1000,pro=0 (0: no limit)"
    hourly_limits = parse_by_tier(text, example)
    if max(hourly_limits.values()) > MAX_PER_HOUR:
        raise ValueError(f"must be at most {MAX_PER_HOUR} an hour; 0 is no limit")
    return MappingProxyType(hourly_limits)


def parse_watch_limits(text: str) -> WatchLimits:
    """`free=500,pro=2000` as wallets that a chat may follow.

    Raises:
        ValueError: it is no such list, or `free` is missing; says what to write.
    """
    watch_limits = parse_by_tier(text, "must be tiers and wallets, like free=500,plus=1000,pro=2000")
    if not all(1 <= number <= MAX_WATCHES for number in watch_limits.values()):
        raise ValueError(f"must be from 1 to {MAX_WATCHES} wallets")
    return watch_limits


def watch_limit_of(watch_limits: WatchLimits, tier: str) -> int:
    """Wallets that a chat of a tier may follow. A tier that is not named counts as free."""
    return watch_limits.get(tier, watch_limits[FREE])


def parse_by_tier(text: str, example: str) -> Mapping[str, int]:
    """`free=1,plus=2` as numbers by tier.

    Args:
        text: the list.
        example: what to write instead, where it is none.

    Raises:
        ValueError: it is no such list, or `free` is missing.
    """
    numbers: dict[str, int] = {}
    for part in text.split(","):
        tier, _, number = (word.strip() for word in part.partition("="))
        if not (tier.isascii() and tier.isalpha() and tier.islower() and number.isdecimal()):
            raise ValueError(example)
        numbers[tier] = int(number[:9])
    if FREE not in numbers:
        raise ValueError(f"must name the tier {FREE}, which every chat has at first; it {example}")
    return MappingProxyType(numbers)


def hourly_limit_of(hourly_limits: HourlyLimits, tier: str) -> int | None:
    """Alerts an hour of a tier, None: no limit. A tier that is not named any more counts as free."""
    return hourly_limits.get(tier, hourly_limits.get(FREE)) or None


def hourly_limits_text(hourly_limits: HourlyLimits) -> str:
    """The caps as `parse_hourly_limits` reads them."""
    return ",".join(f"{tier}={highest}" for tier, highest in hourly_limits.items())
