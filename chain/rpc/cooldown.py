"""How long a provider, or one method of it, is not asked after a fault. Pure but for its clock and its dice.

A fault says what rests (`chain.rpc.errors.Rests`). Where a provider limits the rate of one method again and
again, and answers its other methods meanwhile, it refuses the method in effect: then only the method rests.
"""

import random
from collections.abc import Callable

from chain.rpc.errors import NodeFault, RateLimited, Rests
from runtime.clock import monotonic
from runtime.processes.backoff import Backoff

MAX_LIMITS = 3
"""Rate limits in a row, without an answer, after which a method counts as refused."""
_PROVIDER_PAUSES = Backoff(first_wait=0.5, factor=2.0, max_wait=30.0)
_METHOD_PAUSES = Backoff(first_wait=4.0, factor=2.0, max_wait=300.0)


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
        """Begin to count anew: it has succeeded."""
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
        if fault.rests is Rests.METHOD or self._is_limited_for_good(method, fault, began):
            refused = self._of(method).refuse(fault)
            refused.count(began)
            refused.pause(max(refused.next_pause(), fault.retry_after or 0.0))
        elif fault.rests is Rests.PROVIDER:
            self.provider.count(began)
            self.provider.pause(fault.retry_after or self.provider.next_pause())  # 0 would be no pause

    def _is_limited_for_good(self, method: str, fault: NodeFault, began: float | None) -> bool:
        """Whether the method alone is limited: other methods were answered since its first limit."""
        if not isinstance(fault, RateLimited):
            return False
        own = self._of(method)
        own.limited.count(began)
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
