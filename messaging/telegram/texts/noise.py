"""Why a trade was or was not large or surprising enough for its wallet, for /why. Pure."""

from domain.rules.gates import Reasons
from domain.rules.noise import MIN_TRADES


def percentile_words(reasons: Reasons) -> str:
    """`Top 20% of its own trades: it was larger than 62% of 120`."""
    percentile, trades = reasons.rules.min_percentile or 0, reasons.own_trades or 0
    wanted = f"Top {100 - percentile}% of its own trades"
    if reasons.rank is None or trades < MIN_TRADES:
        return f"{wanted}: only {trades} of at least {MIN_TRADES} are known"
    return f"{wanted}: it was {_size(reasons)}"


def budget_words(reasons: Reasons) -> str:
    """`Budget, about 15 a day: surprise 62 of 100, 71 was needed then; larger than 70% of its 120 trades`."""
    per_day = reasons.settings.per_day
    budget = f"Budget, about {per_day} a day" if per_day else "Budget of the day"
    if reasons.surprise is None:
        return budget
    needed = f"{_points(reasons.bar)} was needed then" if reasons.bar is not None else "the day was full"
    size = "" if reasons.rank is None else f"; {_size(reasons)}"
    return f"{budget}: surprise {_points(reasons.surprise)} of 100, {needed}{size}"


def _size(reasons: Reasons) -> str:
    return (
        f"larger than {int((reasons.rank or 0) * 100)}% of its {reasons.own_trades or 0} trades known before"
    )


def _points(score: float | None) -> int:
    return int((score or 0) * 100)
