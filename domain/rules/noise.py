"""The noise budget: about so many alerts a day, the most surprising ones. Pure.

How surprising an event is, is judged against what its wallet did before. The bar that it has to reach
follows from the chat's last week: so high that the rest of today's budget is likely to suffice for the rest
of the day. It moves through the day, so that a busy day brings hardly more than a slow one.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

MIN_TRADES = 30
"""Trades of a wallet from which on it is said which part of them was smaller."""
KEPT_TRADES = 200
"""The latest of a wallet that are checked."""
BUDGETS = (5, 15, 30, 60)
"""Alerts a day that are offered."""
MAX_BUDGET = 500
TOLERANCE = 1.2
"""Of the budget: more than so many never come, whatever happens."""
QUANTILES = 200
MIN_KNOWN_DAYS = 1.0
"""Days of a chat from which on its bar is known."""
_HEAD_START = 3
_STEADY = 10
"""Events of a day before which it is not called busy or slow."""
_MAX_PACE = 1.5
_LATE_ROOM = 0.5
"""So much more is aimed at as a day ends, or one that surprises less than its week leaves room unused."""
_LAST_RESORT = 0.99
"""Once the budget is used up, only what surprises more than this part of the week's events."""
_SIZE, _NEW, _RARE = 0.7, 0.2, 0.1
_DAY_SECONDS = 86_400.0
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHistory:
    """What an event is beside what its wallet did before."""

    trades: int
    """Earlier ones whose dollars are known, `KEPT_TRADES` at most."""
    rank: float | None
    """The part of them that was smaller; None: not known of any, or not of this one."""
    quiet_seconds: float | None
    """Since the wallet's event before it; None: there is none."""
    is_new: bool = False
    """Whether a token was bought of which the wallet had nothing."""


NO_HISTORY = OwnHistory(trades=0, rank=None, quiet_seconds=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseWeek:
    """What the last week brought that a chat's budget counts.

    As it is cached: `{"days":7.0,"by_hour":[2.5,0.0],"scores":[0.1,0.4,0.8]}`.
    """

    days: float
    """How much of it is known, seven at most."""
    by_hour: Sequence[float] = ()
    """Events of each of the 24 hours of the chat's day, on a day of the week's mean."""
    scores: Sequence[float] = ()
    """How surprising they were: quantiles, rising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseDay:
    """How far the budget of a chat has come today."""

    sent: int
    """Alerts of today that it counts."""
    elapsed: float
    """The part of the chat's day that has passed."""
    expected: float | None
    """Events that the rest of the day is likely to bring; None: too little is known of the chat."""
    scores: Sequence[float] = ()
    """How surprising the events of the last week were: quantiles, rising."""


def surprise(history: OwnHistory) -> float:
    """Return how surprising an event is for its wallet: 0 not at all, 1 most.

    Mostly its size among the wallet's own trades; a new position adds, and a wallet that was quiet for long.
    """
    size = _UNKNOWN if history.rank is None else history.rank
    rare = 1.0 if history.quiet_seconds is None else min(1.0, history.quiet_seconds / _DAY_SECONDS)
    return round(_SIZE * size + _NEW * history.is_new + _RARE * rare, 4)


def rank_of(usd: float, earlier: Sequence[float]) -> float | None:
    """The part of earlier trades that was smaller than this one; None: there are none."""
    return bisect_left(sorted(earlier), usd) / len(earlier) if earlier else None


def bar_of(day: NoiseDay, budget: int) -> float:
    """Return how surprising an event has to be now; infinite: nothing more comes today.

    Args:
        day: how far it has come.
        budget: alerts a day.
    """
    if day.sent >= int(budget * TOLERANCE):
        return math.inf
    if day.expected is None:  # evenly through the day, until a day is known
        return 0.0 if day.sent < budget * day.elapsed + _HEAD_START else math.inf
    left = budget - day.sent
    if left <= 0:
        return _quantile(day.scores, _LAST_RESORT)
    aim = left * (1 + _LATE_ROOM * day.elapsed**2)
    if day.expected <= aim:
        return 0.0
    return _quantile(day.scores, 1 - aim / day.expected)


def day_of(week: NoiseWeek, *, sent: int, events: int, elapsed: float) -> NoiseDay:
    """Return how far a budget has come.

    Args:
        week: the last week.
        sent: alerts of today that it counts.
        events: all events of today that it counts.
        elapsed: the part of the day that has passed.
    """
    expected = _expected(week, events, elapsed) if week.days >= MIN_KNOWN_DAYS else None
    return NoiseDay(sent=sent, elapsed=elapsed, expected=expected, scores=week.scores)


def _expected(week: NoiseWeek, events: int, elapsed: float) -> float:
    """Return what the rest of the day brings by the week's hours, and by how busy this day has been."""
    hours = elapsed * len(week.by_hour)
    whole = min(int(hours), len(week.by_hour) - 1)
    left = sum(week.by_hour[whole + 1 :]) + week.by_hour[whole] * (whole + 1 - hours)
    before = sum(week.by_hour) - left
    return left * min(_MAX_PACE, (events + _STEADY) / (before + _STEADY))


def quantiles(scores: Sequence[float]) -> tuple[float, ...]:
    """At most `QUANTILES` + 1 of them, rising."""
    ordered = sorted(scores)
    if len(ordered) <= QUANTILES:
        return tuple(ordered)
    return tuple(ordered[round(number * (len(ordered) - 1) / QUANTILES)] for number in range(QUANTILES + 1))


def _quantile(scores: Sequence[float], part: float) -> float:
    return scores[min(len(scores) - 1, int(part * len(scores)))] if scores else 0.0
