"""A rate limit as a value, and how many messages a second Telegram takes. Pure.

Storage counts a limit in Redis for all processes, messaging for one process.
"""

from dataclasses import dataclass

FREE_RATE = 30.0
"""Without payment; what goes beyond must allow to be paid for."""
PAID_RATE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """At most one unit per `interval` seconds in the long run, and `burst` units at once."""

    scope: str
    """What is counted together, such as `chat:5`."""
    interval: float
    burst: int = 1
