"""What ails a provider since when, and what to do about it, in a sentence for operators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chain.rpc.errors import NodeFault, RateLimited, Refused, Rests
from runtime.clock import now

LASTING_SECONDS = 5.0
"""What is over sooner is no trouble: the next provider was asked."""


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
        if fault.rests is Rests.PROVIDER:
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
