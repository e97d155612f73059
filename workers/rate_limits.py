"""The sender's shared limits: counted in Redis, for all processes together."""

from __future__ import annotations

from collections.abc import Sequence

from messaging.sending.wait_queue import Rule
from storage.coordination.limits import Limit, Limits


class RedisLimits:
    """`messaging.sending.rate_limiter.SharedLimits` on Redis."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def admit_all(self, requests: Sequence[Sequence[Rule]]) -> list[float] | None:
        """Of each request charge every rule or none: 0.0 charged, else seconds to wait; None: no answer."""
        return await self._limits.admit_all([[_limit(rule) for rule in rules] for rules in requests])

    async def pause(self, scope: str, seconds: float) -> None:
        """Nothing passes this scope for so long."""
        await self._limits.pause(scope, seconds)


def _limit(rule: Rule) -> Limit:
    return Limit(scope=rule.scope, interval=rule.interval, burst=rule.burst)
