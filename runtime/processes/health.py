"""The health of a process: named checks, run together, each with a time limit.

Served by `runtime/observability/monitor.py`, shown by /health.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class HealthState(StrEnum):
    """The state of one check; the worst of several is the state of the whole."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The results of all checks."""

    results: tuple[tuple[str, CheckResult], ...]
    """Name and result of each check, in the order they were added."""

    @property
    def state(self) -> HealthState:
        """The worst state; healthy when nothing is checked."""
        return max(
            (result.state for _, result in self.results), key=_SEVERITY.index, default=HealthState.HEALTHY
        )


Check = Callable[[], Awaitable[CheckResult]]


def healthy(sentence: str) -> CheckResult:
    """It works."""
    return CheckResult(state=HealthState.HEALTHY, sentence=sentence)


def degraded(sentence: str) -> CheckResult:
    """It works, with loss of comfort."""
    return CheckResult(state=HealthState.DEGRADED, sentence=sentence)


def unhealthy(sentence: str) -> CheckResult:
    """It does not do its work."""
    return CheckResult(state=HealthState.UNHEALTHY, sentence=sentence)


class Health:
    """The checks of one process. A check that fails or takes too long is unhealthy; it never raises."""

    __slots__ = ("_checks",)

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, float]] = {}

    def add(self, name: str, check: Check, *, seconds: float = 2.0) -> None:
        """Add a check, or replace the one of this name; `seconds` is its time limit."""
        self._checks[name] = (check, seconds)

    async def report(self) -> Report:
        """Run all checks at once."""
        results = await asyncio.gather(*(_run(check, limit) for check, limit in self._checks.values()))
        return Report(results=tuple(zip(self._checks, results, strict=True)))


async def _run(check: Check, seconds: float) -> CheckResult:
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        return unhealthy(f"did not answer within {seconds:g} s")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a result; its text might hold a secret
        return unhealthy(f"failed: {type(error).__name__}")
