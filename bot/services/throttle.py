"""How much one person may ask for, counted in Redis by all instances together."""

from dataclasses import dataclass

from domain.rate_limits import RateLimit
from storage.coordination.limits import Limits

PERSON_BURST = 20
"""How many requests one person may send at once."""
PERSON_SECONDS = 1.0
"""After the burst, one more request is allowed in each period of this length."""
WARNING_SECONDS = 60.0
"""A person is warned at most once in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How much one person may ask for, counted by all instances together.

    Without Redis nobody is counted: a chat's updates are handled one after the other anyway.
    """

    limits: Limits

    async def admits(self, user_id: int) -> bool:
        """Whether the person may send one more request."""
        scope = RateLimit(scope=f"person:{user_id}", interval=PERSON_SECONDS, burst=PERSON_BURST)
        return not await self.limits.admit([scope])

    async def may_warn(self, user_id: int) -> bool:
        """Whether the person may be warned again."""
        scope = RateLimit(scope=f"warned:{user_id}", interval=WARNING_SECONDS)
        return await self.limits.admit([scope]) == 0.0
