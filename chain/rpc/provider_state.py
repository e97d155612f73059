"""The state of a provider: what rests after a fault and how long, its last fault, and its budget.

Pure but for its clock and its dice.

A fault says what rests (`chain.rpc.errors.RestScope`). If a provider repeatedly limits the rate of one method
and answers its other methods meanwhile, it refuses the method in effect: then only the method rests.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chain.rpc.errors import NodeFault, RateLimited, Refused, RestScope
from domain.backoff import Backoff
from runtime.clock import monotonic, now

_ONE_METHOD = "Too many requests for a specific RPC call"
"""So public nodes answer what they limit by method, and what they have switched off. Source: solana.com."""
MAX_LIMITS = 3
"""Rate limits in a row, without an answer, after which a method counts as refused."""
_PROVIDER_PAUSES = Backoff(first_wait=0.5, factor=2.0, max_wait=30.0)
_METHOD_PAUSES = Backoff(first_wait=4.0, factor=2.0, max_wait=300.0)
DAY_SECONDS = 86_400.0
BURST_SECONDS = 0.2
"""So much of a second's requests may come at once."""
LASTING_SECONDS = 5.0
"""What is over sooner is no trouble: the next provider was asked."""


class Cooldown:
    """Counts failures in a row, and knows when the pause after the last one ends."""

    def __init__(self, pauses: Backoff, clock: Callable[[], float] = monotonic) -> None:
        self.failures = 0
        """In a row."""
        self._pauses = pauses
        self._clock = clock
        self._failed_at = 0.0
        self._ends_at = 0.0

    @property
    def seconds_left(self) -> float:
        """Until the next attempt is due; 0: now."""
        return max(0.0, self._ends_at - self._clock())

    def count(self, began: float | None) -> None:
        """Count a failure.

        Args:
            began: when the attempt began; None: now. What began before the last failure fails for the same
                cause, so that many attempts at the same time count once.
        """
        if began is None or began >= self._failed_at:
            self.failures += 1
        self._failed_at = self._clock()

    def reset(self) -> None:
        """Begin to count again: it has succeeded."""
        self.failures = 0

    def next_pause(self) -> float:
        """Seconds to pause after so many failures: more each time, never in step with others."""
        return self._pauses.wait(self.failures, random.random())  # noqa: S311 - spreads retries

    def pause(self, seconds: float) -> None:
        """Pause so long from now on, at least."""
        self._ends_at = max(self._ends_at, self._clock() + seconds)


class Cooldowns:
    """The pauses of one provider as a whole, and of each of its methods."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.provider = Cooldown(_PROVIDER_PAUSES, clock)
        self._clock = clock
        self._answers = 0
        self._methods: dict[str, _Method] = {}

    def seconds_left(self, method: str) -> float:
        """Until the method may be asked for again."""
        own = self._methods.get(method)
        return max(self.provider.seconds_left, own.refused.seconds_left if own else 0.0)

    def refusal(self, method: str) -> NodeFault | None:
        """The fault for which the method rests; None: it does not."""
        own = self._methods.get(method)
        return own.fault if own is not None and own.refused.seconds_left else None

    def refused_methods(self) -> list[str]:
        """The methods that rest."""
        return [method for method, own in self._methods.items() if own.refused.seconds_left]

    def succeeded(self, method: str) -> None:
        """The provider has answered the method."""
        self._answers += 1
        self.provider.reset()
        self._methods.pop(method, None)

    def failed(self, method: str, fault: NodeFault, *, began: float | None = None) -> None:
        """Let rest what the fault says, for as long as it says, or longer each time.

        Args:
            method: what was asked for.
            fault: what came of it.
            began: when it was asked for, by the monotonic clock; None: now.
        """
        if fault.rests is RestScope.METHOD or self._is_limited_for_good(method, fault, began):
            refused = self._of(method).refuse(fault)
            refused.count(began)
            refused.pause(max(refused.next_pause(), fault.retry_after or 0.0))
        elif fault.rests is RestScope.PROVIDER:
            self.provider.count(began)
            pause = fault.retry_after
            if pause is None or (not pause and self.provider.failures > MAX_LIMITS):
                pause = self.provider.next_pause()  # who asks for none repeatedly is not heeded
            self.provider.pause(pause)

    def _is_limited_for_good(self, method: str, fault: NodeFault, began: float | None) -> bool:
        """Whether the method alone is limited: the node says so, or has answered others since the first."""
        if not isinstance(fault, RateLimited):
            return False
        own = self._of(method)
        own.limited.count(began)
        if _ONE_METHOD in str(fault):
            return True
        return own.limited.failures >= MAX_LIMITS and self._answers > own.answers_before

    def _of(self, method: str) -> "_Method":
        return self._methods.setdefault(method, _Method(self._clock, self._answers))


class _Method:
    """One method that has failed and was not answered since."""

    def __init__(self, clock: Callable[[], float], answers_before: int) -> None:
        self.limited = Cooldown(_METHOD_PAUSES, clock)
        self.refused = Cooldown(_METHOD_PAUSES, clock)
        self.fault: NodeFault | None = None
        self.answers_before = answers_before
        """What the provider had answered before the method's first fault."""

    def refuse(self, fault: NodeFault) -> Cooldown:
        """Keep the fault; its cooldown."""
        self.fault = fault
        return self.refused


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    since: datetime
    fault: NodeFault


class Trouble:
    """Begins with the first fault of a provider as a whole, and ends with its next answer."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._current: _Fault | None = None

    def failed(self, fault: NodeFault) -> None:
        """The provider did not answer; the latest fault names the cause."""
        if fault.rests is RestScope.PROVIDER:
            since = self._clock() if self._current is None else self._current.since
            self._current = _Fault(since=since, fault=fault)

    def answered(self) -> None:
        """It answers."""
        self._current = None

    def describe(self) -> str:
        """The cause, since when, and the cure: `HTTP 401, since 13:14 UTC; the key …`; empty: none."""
        current = self._current
        if current is None or (self._clock() - current.since).total_seconds() < LASTING_SECONDS:
            return ""
        fault = current.fault
        words = str(fault).removeprefix(f"{fault.provider}: ")
        return f"{words}, since {current.since:%H:%M} UTC; {_cure(fault)}"


def _cure(fault: NodeFault) -> str:
    if isinstance(fault, Refused):
        return "the key is refused: put a valid one into RPC_URLS"
    if isinstance(fault, RateLimited):
        return "too much is asked of its plan: set RPC_RATE or add a node to RPC_URLS"
    return "check RPC_URLS, and whether the node is up"
