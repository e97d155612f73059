"""Why a trade was or was not large or surprising enough for its wallet, for /why. Pure."""

from domain.rules.gates import Reasons
from domain.rules.noise import MIN_TRADES
from messaging.languages.locale import ENGLISH, Locale


def percentile_words(reasons: Reasons, *, locale: Locale = ENGLISH) -> str:
    """`Top 20% of its own trades: it was larger than 62% of 120`."""
    percentile, trades = reasons.rules.min_percentile or 0, reasons.own_trades or 0
    top = locale.percent(f"{100 - percentile}")
    if reasons.rank is None or trades < MIN_TRADES:
        return locale.gettext(
            "Top {percent} of its own trades: only {trades} of at least {limit} are known",
            percent=top,
            trades=trades,
            limit=MIN_TRADES,
        )
    return locale.gettext(
        "Top {percent} of its own trades: it was {size}", percent=top, size=_size(reasons, locale=locale)
    )


def budget_words(reasons: Reasons, *, locale: Locale = ENGLISH) -> str:
    """`Budget, about 15 a day: surprise 62 of 100, 71 was needed then; larger than 70% of its 120 trades`."""
    per_day = reasons.settings.per_day
    budget = locale.gettext("Budget of the day")
    if per_day:
        budget = locale.gettext("Budget, about {number} a day", number=per_day)
    if reasons.surprise is None:
        return budget
    if reasons.bar is None:
        needed = locale.gettext("the day was full")
    else:
        needed = locale.gettext("{points} was needed then", points=_points(reasons.bar))
    said = locale.gettext(
        "{budget}: surprise {points} of 100, {needed}",
        budget=budget,
        points=_points(reasons.surprise),
        needed=needed,
    )
    return said if reasons.rank is None else f"{said}; {_size(reasons, locale=locale)}"


def _size(reasons: Reasons, *, locale: Locale = ENGLISH) -> str:
    return locale.ngettext(
        "larger than {percent} of its {number} trade known before",
        "larger than {percent} of its {number} trades known before",
        reasons.own_trades or 0,
        percent=locale.percent(f"{int((reasons.rank or 0) * 100)}"),
    )


def _points(score: float | None) -> int:
    return int((score or 0) * 100)
