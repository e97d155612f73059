"""Tiers: what a chat may have, one row a tier. Pure.

An operator grants a chat its tier. Over a limit nothing is deleted: alerts come together, the newest wallets
pause, older history, further keys, paper campaigns and webhooks are refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

from domain.rules.lanes import (
    FREE,
    HourlyLimits,
    WatchLimits,
    hourly_limit_of,
    parse_by_tier,
    watch_limit_of,
)

NEAR = 0.8
"""From this share of a limit on it is said."""
MAX_HISTORY_DAYS = 3_650
MAX_API_KEYS = 100
MAX_CAMPAIGNS = 1_000
MAX_WEBHOOKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One row of the table."""

    name: str
    watches: int
    """Wallets that may be followed."""
    alerts_an_hour: int | None
    """Sent one by one; None: no limit."""
    history_days: int
    """How far /history and exports go back."""
    api_keys: int
    campaigns: int
    """With virtual money, that run or pause at a time."""
    webhooks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """The table, as operators have set it; a tier that is not named counts as free."""

    alerts_an_hour: HourlyLimits
    watches: WatchLimits
    history_days: Mapping[str, int]
    api_keys: Mapping[str, int]
    campaigns: Mapping[str, int]
    webhooks: Mapping[str, int]

    def of(self, name: str) -> Tier:
        """The row of a tier."""
        return Tier(
            name=name,
            watches=watch_limit_of(self.watches, name),
            alerts_an_hour=hourly_limit_of(self.alerts_an_hour, name),
            history_days=self.history_days.get(name, self.history_days[FREE]),
            api_keys=self.api_keys.get(name, self.api_keys[FREE]),
            campaigns=self.campaigns.get(name, self.campaigns[FREE]),
            webhooks=self.webhooks.get(name, self.webhooks[FREE]),
        )

    def rows(self) -> list[Tier]:
        """Every tier that is named."""
        limits = (self.alerts_an_hour, self.watches)
        columns = (*limits, self.history_days, self.api_keys, self.campaigns, self.webhooks)
        return [self.of(name) for name in dict.fromkeys(name for column in columns for name in column)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsUsed:
    """How much of its tier's limits a chat uses."""

    tier: Tier
    watches: int
    """Followed on the account: by the chat, and by the groups for which its person pays."""
    paused: int = 0
    """Of the chat's wallets, those that pause since there are too many."""
    alerts_this_hour: int = 0
    api_keys: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NearLimit:
    """Most of a limit is used."""

    used: int
    limit: int


def near_limit(used: int, limit: int) -> NearLimit | None:
    """Return how much of a limit is used, if that is to be said; None: too little."""
    return NearLimit(used=used, limit=limit) if is_near(used, limit) else None


def near_mark(limit: int) -> int:
    """The first number of those that are near a limit."""
    return ceil(limit * NEAR)


def is_near(used: int, limit: int | None) -> bool:
    """Return whether so much of a limit is used that it should be said."""
    return limit is not None and used >= limit * NEAR


def _parser(example: str, low: int, high: int) -> Callable[[str], Mapping[str, int]]:
    """Return what reads a number for each tier.

    It raises `ValueError` with what to write, if a text is no such list, or `free` is missing.

    Args:
        example: what a text names, and how it looks.
        low: the least number.
        high: the greatest number.
    """

    def parse(text: str) -> Mapping[str, int]:
        limits = parse_by_tier(text, f"must be tiers and {example}")
        if not all(low <= number <= high for number in limits.values()):
            raise ValueError(f"must be from {low} to {high}")
        return MappingProxyType(dict(limits))

    return parse


parse_history_limits = _parser("days, like free=30,plus=90,pro=365", 1, MAX_HISTORY_DAYS)
"""`free=30,plus=90` as days of history."""
parse_key_limits = _parser("keys, like free=2,plus=5,pro=20", 0, MAX_API_KEYS)
"""`free=2,plus=5` as API keys of one person."""
parse_campaign_limits = _parser("campaigns, like free=2,plus=5,pro=20", 0, MAX_CAMPAIGNS)
"""`free=2,plus=5` as paper campaigns that run or pause at a time."""
parse_webhook_limits = _parser("webhooks, like free=1,plus=3,pro=10", 0, MAX_WEBHOOKS)
"""`free=1,plus=3` as webhooks of a chat."""
