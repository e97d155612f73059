"""A rate limit as a value, and how many messages a second Telegram takes. Pure.

Storage counts a limit in Redis for all processes, messaging for one process.
"""

from dataclasses import dataclass

import msgspec

FREE_RATE = 30.0
"""Without payment; what goes beyond must allow to be paid for."""
PAID_RATE = 1000.0


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """At most one unit per `interval` seconds in the long run, and `burst` units at once."""

    scope: str
    """What is counted together, such as `chat:5`."""
    interval: float
    burst: int = 1


MAX_PER_GROUP = 15
"""Requests of a group in a minute: 5 of the 20 messages that Telegram takes are for alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShares:
    """How many requests of people are handled; what is beyond that is stored and not handled."""

    burst: int = 20
    """Of one person at once."""
    per_minute: int = 30
    """Of one person over all chats, and of a private chat."""

    @property
    def per_group(self) -> int:
        """Of a group in a minute."""
        return min(self.per_minute, MAX_PER_GROUP)

    @property
    def interval(self) -> float:
        """Seconds after which a person may send one more, when the burst is used up."""
        return 60.0 / self.per_minute
