"""A rate limit as a value: storage counts it in Redis for all processes, messaging for one process. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """At most one unit per `interval` seconds in the long run, and `burst` units at once."""

    scope: str
    """What is counted together, such as `chat:5`."""
    interval: float
    burst: int = 1
