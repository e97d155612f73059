"""The health of a process: named checks, run together, each with a time limit.

Served by `runtime/processes/monitor.py`, shown by /health.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.health import CheckResult, HealthState, unhealthy, worst_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The results of all checks."""

    results: tuple[tuple[str, CheckResult], ...]
    """Name and result of each check, in the order they were added."""

    @property
    def state(self) -> HealthState:
        """The worst state; healthy when nothing is checked."""
        return worst_state(result for _, result in self.results)


Check = Callable[[], Awaitable[CheckResult]]

_START = "start"


class Health:
    """The checks of one process. A check that fails or takes too long is unhealthy; it never raises."""

    __slots__ = ("_checks",)

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, float]] = {}

    def add(self, name: str, check: Check, *, seconds: float = 2.0) -> None:
        """Add a check, or replace the one of this name.

        Args:
            name: of the check, for operators.
            check: answers with a state and a sentence.
            seconds: its time limit.
        """
        self._checks[name] = (check, seconds)

    def wait_for(self, what: str) -> None:
        """Be unhealthy from now on, because the process waits for `what` before it can begin."""

        async def waits() -> CheckResult:
            return unhealthy(f"waits for {what}")

        self.add(_START, waits)

    def begin(self) -> None:
        """Wait for nothing more: from now on the other checks decide."""
        self._checks.pop(_START, None)

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
