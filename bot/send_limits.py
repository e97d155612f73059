"""The limits of messages a second, counted in Redis by all processes together."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.sending.wait_queue import Rule
from storage.coordination import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLimits:
    """What the limiter of messages counts with."""

    limits: limits.Limits

    async def admit_all(self, requests: Sequence[Sequence[Rule]]) -> list[float] | None:
        """Of each request charge every rule or none: 0.0 charged, else seconds to wait; None: no answer."""
        return await self.limits.admit_all([[_limit(rule) for rule in rules] for rules in requests])

    async def pause(self, scope: str, seconds: float) -> None:
        """Nothing passes this scope for so long."""
        await self.limits.pause(scope, seconds)


def _limit(rule: Rule) -> limits.Limit:
    return limits.Limit(scope=rule.scope, interval=rule.interval, burst=rule.burst)
