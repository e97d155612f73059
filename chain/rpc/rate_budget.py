"""How much one provider may be asked: so often a second, so often a day. Pure but for its clock."""

from collections.abc import Callable

from runtime.clock import monotonic

DAY_SECONDS = 86_400.0
BURST_SECONDS = 0.2
"""So much of a second's requests may come at once."""


class RateBudget:
    """A rate and a daily number of requests; 0 stands for no limit."""

    def __init__(self, *, per_second: float, per_day: int, clock: Callable[[], float] = monotonic) -> None:
        """Build it.

        Args:
            per_second: requests a second.
            per_day: requests in 24 hours.
            clock: gives seconds.
        """
        self.spent = 0
        """Requests of the present 24 hours."""
        self.per_day = per_day
        self._interval = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._due = 0.0
        self._day_ends = clock() + DAY_SECONDS

    @property
    def wait(self) -> float:
        """Seconds until one more request is allowed; 0: now."""
        now = self._clock()
        self._begin_new_day(now)
        over_budget = self._day_ends - now if self.per_day and self.spent >= self.per_day else 0.0
        return max(over_budget, self._due - max(BURST_SECONDS, self._interval / 2) - now, 0.0)

    def spend(self, requests: int = 1) -> None:
        """So many requests are made now."""
        now = self._clock()
        self._begin_new_day(now)
        self.spent += requests
        self._due = max(self._due, now) + requests * self._interval

    def _begin_new_day(self, now: float) -> None:
        if now >= self._day_ends:
            self.spent, self._day_ends = 0, now + DAY_SECONDS
