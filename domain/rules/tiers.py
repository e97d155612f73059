"""Tiers: how many alerts an hour a chat is told one by one, by what its operator granted it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

FREE = "free"
"""The tier of every chat to which no operator gave another."""
MOST_AN_HOUR = 100_000

Caps = Mapping[str, int]
"""Tier to alerts an hour; 0: no limit."""
NO_CAPS: Caps = MappingProxyType({})


def parse_caps(text: str) -> Caps:
    """`free=300,plus=1000,pro=0` as caps.

    Raises:
        ValueError: it is no such list, or `free` is missing; says what to write.
    """
    caps: dict[str, int] = {}
    for part in text.split(","):
        tier, _, number = (word.strip() for word in part.partition("="))
        if not (tier.isascii() and tier.isalpha() and tier.islower() and number.isdecimal()):
            raise ValueError("must be tiers and alerts an hour, like free=300,plus=1000,pro=0 (0: no limit)")
        caps[tier] = int(number)
    if FREE not in caps:
        raise ValueError("must name the tier free, which every chat has at first, like free=300,pro=0")
    if max(caps.values()) > MOST_AN_HOUR:
        raise ValueError(f"must be at most {MOST_AN_HOUR} an hour; 0 is no limit")
    return MappingProxyType(caps)


def cap_of(caps: Caps, tier: str) -> int | None:
    """Alerts an hour of a tier, None: no limit. A tier that is not named any more counts as free."""
    return caps.get(tier, caps.get(FREE)) or None


def caps_text(caps: Caps) -> str:
    """The caps as `parse_caps` reads them."""
    return ",".join(f"{tier}={most}" for tier, most in caps.items())
