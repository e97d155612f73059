"""The health of a part of the system: a state and a sentence for the operator."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class HealthState(StrEnum):
    """The state of one part; the worst of several is the state of the whole."""

    HEALTHY = "healthy"
    """It works."""
    DEGRADED = "degraded"
    """It works, with loss of comfort: slower, or on a spare."""
    UNHEALTHY = "unhealthy"
    """It does not do its work."""


_SEVERITY = (HealthState.HEALTHY, HealthState.DEGRADED, HealthState.UNHEALTHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check."""

    state: HealthState
    """How it is."""
    sentence: str
    """Why, for the operator; holds no secret."""


def worst_state(results: Iterable[CheckResult]) -> HealthState:
    """The worst state; healthy when nothing is checked."""
    return max((result.state for result in results), key=_SEVERITY.index, default=HealthState.HEALTHY)


def healthy(sentence: str) -> CheckResult:
    """It works."""
    return CheckResult(state=HealthState.HEALTHY, sentence=sentence)


def degraded(sentence: str) -> CheckResult:
    """It works, with loss of comfort."""
    return CheckResult(state=HealthState.DEGRADED, sentence=sentence)


def unhealthy(sentence: str) -> CheckResult:
    """It does not do its work."""
    return CheckResult(state=HealthState.UNHEALTHY, sentence=sentence)
