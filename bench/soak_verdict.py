"""What came of a soak of the whole system: what arrived, what was answered, and whether anything grew."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import Figures
from sandbox.check.judge import Verdict

MAX_PROGRAM_MIB = 300
GROWTH, MARGIN = 1.2, {"memory_mib": 60.0, "keys": 150.0, "connections": 10.0}
"""What the last third of the time may be above the middle one: a part, and so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the system takes at one moment."""

    memory_mib: float
    """Of all programs together."""
    largest_mib: float
    """Of one program."""
    keys: float
    connections: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemVerdict:
    """What came of a soak."""

    blows: Counter[str]
    alerts: Verdict
    asked: int
    """Requests of people."""
    unanswered: int
    unmarked: int
    """Second copies that do not say so."""
    samples: Sequence[Sample]
    leaks: Sequence[str] = ()
    """Logs in which a planted secret stands."""

    def grown(self) -> list[str]:
        """Return what was higher in the last third of the time than in the middle one."""
        third = len(self.samples) // 3
        if not third:
            return []
        middle, last = self.samples[third : 2 * third], self.samples[-third:]
        return [name for name in MARGIN if _typical(last, name) > _limit(middle, name)]

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing twice unmarked, nothing grown."""
        open_ones = len(self.alerts.missing) + self.unanswered + len(self.leaks)
        is_slim = all(one.largest_mib < MAX_PROGRAM_MIB for one in self.samples)
        return (
            bool(self.alerts.matched) and not open_ones and not self.unmarked and is_slim and not self.grown()
        )

    def figures(self) -> Figures:
        """By name."""
        return {
            "alerts": len(self.alerts.matched) + len(self.alerts.missing),
            "missing": len(self.alerts.missing),
            "asked": self.asked,
            "unanswered": self.unanswered,
            "unmarked": self.unmarked,
            "leaks": len(self.leaks),
            "blows": self.blows.total(),
            "grown": len(self.grown()),
            "largest_mib": max((one.largest_mib for one in self.samples), default=0.0),
            **{f"{name}_last": _typical(self.samples[-len(self.samples) // 3 :], name) for name in MARGIN},
        }

    def __str__(self) -> str:
        blows = ", ".join(f"{name} {number}" for name, number in sorted(self.blows.items()))
        return (
            f"blows: {blows}\n"
            f"{len(self.alerts.matched):,} alerts arrived, {len(self.alerts.missing)} missing;"
            f" {self.asked:,} requests, {self.unanswered} unanswered; {self.unmarked} copies unmarked;"
            f" {len(self.leaks)} logs with a secret;"
            f" grown: {', '.join(self.grown()) or 'nothing'}"
        )


def _typical(samples: Sequence[Sample], name: str) -> float:
    return statistics.median(getattr(one, name) for one in samples) if samples else 0.0


def _limit(samples: Sequence[Sample], name: str) -> float:
    return _typical(samples, name) * GROWTH + MARGIN[name]
