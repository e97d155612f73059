"""The sender's shared limits: counted in Redis, for all processes together."""

from __future__ import annotations

from collections.abc import Sequence

from messaging.limiter import Rule
from storage.limits import Limit, Limits


class RedisLimits:
    """`messaging.limiter.SharedLimits` on Redis."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def admit(self, rules: Sequence[Rule]) -> float | None:
        """Charge every rule or none: 0.0 charged, above it the seconds to wait, None: Redis is away."""
        return await self._limits.admit(
            [Limit(scope=rule.scope, interval=rule.interval, burst=rule.burst) for rule in rules]
        )

    async def pause(self, scope: str, seconds: float) -> None:
        """Nothing passes this scope for so long."""
        await self._limits.pause(scope, seconds)
