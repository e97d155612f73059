"""How long a provider, or one method of it, is not asked after a fault. Pure but for its clock and its dice.

A fault says what rests (`chain.rpc.errors.Rests`). A provider that limits the rate of one method again and
again, while that method never succeeds, refuses the method in effect: from then on only the method rests.
"""

import random
from collections.abc import Callable

from chain.rpc.errors import NodeFault, RateLimited, Rests
from runtime.clock import monotonic
from runtime.processes.backoff import Backoff

LIMITS_OF_A_METHOD = 3
"""Rate limits in a row, without an answer to the method, after which the method counts as refused."""
_PROVIDER_BACKOFF = Backoff(first_wait=0.5, factor=2.0, max_wait=30.0)
_METHOD_BACKOFF = Backoff(first_wait=4.0, factor=2.0, max_wait=900.0)


class Cooldown:
    """Pauses that grow with each failure in a row."""

    def __init__(self, backoff: Backoff, clock: Callable[[], float] = monotonic) -> None:
        self.failures = 0
        """In a row."""
        self._backoff = backoff
        self._clock = clock
        self._ends_at = 0.0
        self._failed_at = 0.0

    @property
    def seconds_left(self) -> float:
        """Until the next attempt is due; 0: now."""
        return max(0.0, self._ends_at - self._clock())

    def succeeded(self) -> None:
        """The failures in a row are over."""
        self.failures = 0

    def failed(self, retry_after: float | None, *, began: float | None = None) -> None:
        """Pause as long as was asked for, or longer each time.

        Args:
            retry_after: seconds that the node asks for; None: it does not say.
            began: when the attempt began. An attempt that began before the last failure fails for the same
                cause: many at the same time count once.
        """
        if began is None or began >= self._failed_at:
            self.failures += 1
        now = self._failed_at = self._clock()
        pause = retry_after
        if pause is None:
            pause = self._backoff.wait(self.failures, random.random())  # noqa: S311 - spreads retries
        self._ends_at = max(self._ends_at, now + pause)


class Cooldowns:
    """The pauses of one provider as a whole, and of each of its methods."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.provider = Cooldown(_PROVIDER_BACKOFF, clock)
        self._clock = clock
        self._methods: dict[str, Cooldown] = {}
        self._refusals: dict[str, NodeFault] = {}
        self._limits: dict[str, Cooldown] = {}

    def seconds_left(self, method: str) -> float:
        """Until the method may be asked for again."""
        refused = self._methods.get(method)
        return max(self.provider.seconds_left, refused.seconds_left if refused else 0.0)

    def refusal(self, method: str) -> NodeFault | None:
        """Why the method rests; None: it does not."""
        refused = self._methods.get(method)
        return self._refusals.get(method) if refused is not None and refused.seconds_left > 0 else None

    def refused_methods(self) -> list[str]:
        """The methods that rest."""
        return [method for method, cooldown in self._methods.items() if cooldown.seconds_left > 0]

    def succeeded(self, method: str) -> None:
        """The method was answered."""
        self.provider.succeeded()
        self._limits.pop(method, None)
        self._methods.pop(method, None)
        self._refusals.pop(method, None)

    def failed(self, method: str, fault: NodeFault, *, began: float | None = None) -> None:
        """Let rest what the fault says.

        Args:
            method: what was asked for.
            fault: what came of it.
            began: when it was asked for, by the monotonic clock.
        """
        if fault.rests is Rests.METHOD or self._is_refusal_in_effect(method, fault, began):
            self._refusals[method] = fault
            cooldown = self._methods.setdefault(method, Cooldown(_METHOD_BACKOFF, self._clock))
            cooldown.failed(None, began=began)
            self._heed(cooldown, fault, began)
        elif fault.rests is Rests.PROVIDER:
            self.provider.failed(fault.retry_after, began=began)
