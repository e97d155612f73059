"""Tiers: how many alerts an hour a chat gets one by one, as an operator granted it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

FREE = "free"
"""The tier of every chat to which no operator gave another."""
MAX_PER_HOUR = 100_000

HourlyLimits = Mapping[str, int]
"""Tier to alerts an hour; 0: no limit."""
NO_HOURLY_LIMITS: HourlyLimits = MappingProxyType({})


def parse_hourly_limits(text: str) -> HourlyLimits:
    """`free=300,plus=1000,pro=0` as caps.

    Raises:
        ValueError: it is no such list, or `free` is missing; says what to write.
    """
    hourly_limits: dict[str, int] = {}
    for part in text.split(","):
        tier, _, number = (word.strip() for word in part.partition("="))
        if not (tier.isascii() and tier.isalpha() and tier.islower() and number.isdecimal()):
            raise ValueError("must be tiers and alerts an hour, like free=300,plus=1000,pro=0 (0: no limit)")
        hourly_limits[tier] = int(number)
    if FREE not in hourly_limits:
        raise ValueError("must name the tier free, which every chat has at first, like free=300,pro=0")
    if max(hourly_limits.values()) > MAX_PER_HOUR:
        raise ValueError(f"must be at most {MAX_PER_HOUR} an hour; 0 is no limit")
    return MappingProxyType(hourly_limits)


def hourly_limit_of(hourly_limits: HourlyLimits, tier: str) -> int | None:
    """Alerts an hour of a tier, None: no limit. A tier that is not named any more counts as free."""
    return hourly_limits.get(tier, hourly_limits.get(FREE)) or None


def hourly_limits_text(hourly_limits: HourlyLimits) -> str:
    """The caps as `parse_hourly_limits` reads them."""
    return ",".join(f"{tier}={highest}" for tier, highest in hourly_limits.items())
