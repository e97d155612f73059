"""How alerts turned out: what a bought token was worth some hours later, against what was paid for it. Pure.

Half of them lie between the quartiles. A pool that was drained meanwhile is a loss of everything; what cannot
be priced is counted, never left out silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

HOURS = (1, 24)
"""After which an alert is checked again."""
MAX_GAIN = Decimal(1_000)
"""More is no price that anybody could sell at; it counts as so much."""
_TOTAL_LOSS = Decimal(-1)


class AlertOutcomeSource(StrEnum):
    """Where the later price comes from."""

    CANDLE = "candle"
    """A price of that time that was stored anyway."""
    POOL = "pool"
    """The token's pools were read."""
    DRAINED = "drained"
    """Next to nothing may be traded in its pools any more."""
    UNKNOWN = "unknown"
    """There was no price that could be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOutcome:
    """One alert some hours later."""

    hours: int
    source: AlertOutcomeSource
    gain: Decimal | None
    """By which part of what was paid the token was worth more; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSummary:
    """Several alerts after the same time."""

    hours: int
    number: int
    drained: int
    unknown: int
    median: Decimal | None
    """Of those that have a price, drained ones included; None: none has."""
    low: Decimal | None
    """The lower quartile."""
    high: Decimal | None

    @property
    def priced(self) -> int:
        """How many have a price."""
        return self.number - self.unknown


def alert_outcome_of(hours: int, paid: Decimal, later: Decimal, source: AlertOutcomeSource) -> AlertOutcome:
    """Return what an alert turned out to be.

    Args:
        hours: after it.
        paid: dollars for one token in its trade, above zero.
        later: dollars for one token then.
        source: of that price.
    """
    return AlertOutcome(hours=hours, source=source, gain=min(later / paid - 1, MAX_GAIN))


def drained(hours: int) -> AlertOutcome:
    """Nothing could be got for the token any more."""
    return AlertOutcome(hours=hours, source=AlertOutcomeSource.DRAINED, gain=_TOTAL_LOSS)


def unpriced(hours: int) -> AlertOutcome:
    """Nobody knows."""
    return AlertOutcome(hours=hours, source=AlertOutcomeSource.UNKNOWN, gain=None)


def summary_of(hours: int, found: Sequence[AlertOutcome]) -> OutcomeSummary:
    """Return what alerts came to after so many hours; those after other times are left out."""
    mine = [one for one in found if one.hours == hours]
    gains = sorted(one.gain for one in mine if one.gain is not None)
    return OutcomeSummary(
        hours=hours,
        number=len(mine),
        drained=sum(one.source is AlertOutcomeSource.DRAINED for one in mine),
        unknown=len(mine) - len(gains),
        median=_quantile(gains, 50),
        low=_quantile(gains, 25),
        high=_quantile(gains, 75),
    )


def _quantile(ordered: Sequence[Decimal], percent: int) -> Decimal | None:
    """Between the two nearest, by how near they are."""
    if not ordered:
        return None
    position = Decimal((len(ordered) - 1) * percent) / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
