"""Request quotas of callers, counted across instances, and their headers.

`RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers.
"""

import math
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from domain.access import Caller
from domain.rate_limits import RateLimit
from storage.coordination.limits import Limits
from web.problems import problem

WINDOW_SECONDS = 60
_NAME = "requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The remaining quota of a caller."""

    per_minute: int
    burst: int
    requests: int
    """That may be made at once."""
    wait: float = 0.0
    """Seconds until the next one is admitted; 0: this one is."""

    def headers(self) -> dict[str, str]:
        """Return what every answer says of it."""
        seconds = WINDOW_SECONDS / self.per_minute
        full = math.ceil(seconds * (self.burst - self.requests))
        return {
            "RateLimit-Policy": f'"{_NAME}";q={self.per_minute};w={WINDOW_SECONDS}',
            "RateLimit": f'"{_NAME}";r={self.requests};t={full}',
        }

    def refusal(self) -> Response:
        """The answer to a request that is not admitted."""
        retry_after = {"Retry-After": str(max(1, math.ceil(self.wait)))}
        return problem(
            HTTPStatus.TOO_MANY_REQUESTS, "Too many requests; wait a little.", self.headers() | retry_after
        )


class Quota:
    """Counts requests. Without Redis nobody is counted: nginx limits by address.

    Args:
        limits: count for all instances.
        per_minute: in the long run, of one caller.
        burst: at once.
    """

    def __init__(self, limits: Limits, *, per_minute: int, burst: int) -> None:
        self._limits = limits
        self._per_minute = per_minute
        self._burst = burst

    async def charge(self, caller: Caller) -> Left:
        """Charge one request, or say how long to wait."""
        scope = RateLimit(
            scope=f"api:{caller.name}", interval=WINDOW_SECONDS / self._per_minute, burst=self._burst
        )
        wait = await self._limits.admit([scope]) or 0.0
        left = 0 if wait else await self._limits.left(scope)
        return Left(per_minute=self._per_minute, burst=self._burst, requests=left, wait=wait)
