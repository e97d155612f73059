"""The health of a part of the system: a state and a sentence for the operator."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

PROCESSES = "Processes"
"""Stands for every part that is known from heartbeats, while these cannot be read."""


class HealthState(StrEnum):
    """The state of one part; the worst of several is the state of the whole."""

    HEALTHY = "healthy"
    """It works."""
    DEGRADED = "degraded"
    """It works, with loss of comfort: slower, or on a spare."""
    UNHEALTHY = "unhealthy"
    """It does not do its work."""


SEVERITY = (HealthState.HEALTHY, HealthState.DEGRADED, HealthState.UNHEALTHY)
"""From good to bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check."""

    state: HealthState
    """How it is."""
    sentence: str
    """Why, for the operator; holds no secret."""
    figure: float | None = None
    """What was measured, where it is one number."""
    unit: str = ""
    """Of the figure: seconds, bytes, jobs and the like."""
    seconds: float | None = field(default=None, compare=False)
    """How long the check took; None: it was read from heartbeats."""
    has_failed: bool = field(default=False, compare=False)
    """Whether nothing could be checked: it raised, or took too long."""
    group: str = ""
    """Of parts that are alike; the chat counts those of them that are well in one line."""
    blamed_on: str = ""
    """The part that is down and without which nobody can look at this one; its state is then not known."""

    def measured(self, figure: float, unit: str) -> "CheckResult":
        """The same with the number behind it."""
        return replace(self, figure=figure, unit=unit)


def worst_state(results: Iterable[CheckResult]) -> HealthState:
    """The worst state; healthy when nothing is checked."""
    return max((result.state for result in results), key=SEVERITY.index, default=HealthState.HEALTHY)


def blame(
    results: Sequence[tuple[str, CheckResult]], depends: Mapping[str, str]
) -> list[tuple[str, CheckResult]]:
    """The same, but parts that only another one keeps from being checked are laid to that one.

    Args:
        results: name and result of each part.
        depends: by name of a part, the one that is asked about it.
    """
    failed = {name for name, result in results if result.has_failed}
    return [
        (name, _blamed(result, depends[name]) if name in failed and depends.get(name) in failed else result)
        for name, result in results
    ]


def _blamed(result: CheckResult, part: str) -> CheckResult:
    said = f"not known while {part} does not answer"
    return replace(result, state=HealthState.DEGRADED, sentence=said, blamed_on=part)


def healthy(sentence: str) -> CheckResult:
    """It works."""
    return CheckResult(state=HealthState.HEALTHY, sentence=sentence)


def degraded(sentence: str) -> CheckResult:
    """It works, with loss of comfort."""
    return CheckResult(state=HealthState.DEGRADED, sentence=sentence)


def unhealthy(sentence: str) -> CheckResult:
    """It does not do its work."""
    return CheckResult(state=HealthState.UNHEALTHY, sentence=sentence)


def by_age(
    sentence: str, seconds: float, *, slow: float, dead: float = math.inf, cure: str = ""
) -> CheckResult:
    """A part that is judged by the age of something.

    Args:
        sentence: says the age.
        seconds: the age.
        slow: what is older is degraded.
        dead: what is older is unhealthy.
        cure: follows the sentence then.
    """
    if seconds > dead:
        result = unhealthy(f"{sentence}{cure}")
    else:
        result = degraded(sentence) if seconds > slow else healthy(sentence)
    return result.measured(seconds, "seconds")
