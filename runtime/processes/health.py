"""How a process is: named checks, run together, each with a time limit.

Served by `runtime/observability/monitor.py`, shown by /health.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is; the worst of several is the state of the whole."""

    HEALTHY = "healthy"
    """It works."""
    DEGRADED = "degraded"
    """It works, with loss of comfort: slower, or on a spare."""
    UNHEALTHY = "unhealthy"
    """It does not do its work."""


_GRAVITY = (State.HEALTHY, State.DEGRADED, State.UNHEALTHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found."""

    state: State
    """How it is."""
    sentence: str
    """Why, for the operator; holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What all checks found."""

    findings: tuple[tuple[str, Finding], ...]
    """Name and finding of each check, in the order they were added."""

    @property
    def state(self) -> State:
        """The worst state; healthy when nothing is checked."""
        return max((finding.state for _, finding in self.findings), key=_GRAVITY.index, default=State.HEALTHY)


Check = Callable[[], Awaitable[Finding]]


def healthy(sentence: str) -> Finding:
    """It works."""
    return Finding(state=State.HEALTHY, sentence=sentence)


def degraded(sentence: str) -> Finding:
    """It works, with loss of comfort."""
    return Finding(state=State.DEGRADED, sentence=sentence)


def unhealthy(sentence: str) -> Finding:
    """It does not do its work."""
    return Finding(state=State.UNHEALTHY, sentence=sentence)


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
        findings = await asyncio.gather(*(_found(check, limit) for check, limit in self._checks.values()))
        return Report(findings=tuple(zip(self._checks, findings, strict=True)))


async def _found(check: Check, seconds: float) -> Finding:
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        return unhealthy(f"did not answer within {seconds:g} s")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding; its text might hold a secret
        return unhealthy(f"failed: {type(error).__name__}")
