"""Gates that ask how usual an event is for its wallet: the budget of a day, and a rule of the largest. Pure.

Full exits, and what people of the chat hold themselves, stand outside the budget.
"""

import math

from domain.activity.activity import TRADES, Activity
from domain.activity.exits import is_exit
from domain.rules.gates import Facts, GateResult
from domain.rules.noise import MIN_TRADES, NO_HISTORY, bar_of, surprise
from domain.rules.rules import Rules, Watch


def is_outside_budget(watch: Watch, activity: Activity, facts: Facts) -> bool:
    """Whether an event comes whatever the budget."""
    return watch.is_holder or is_exit(activity, full_exit=facts.full_exit)


def judged(watch: Watch, facts: Facts) -> tuple[float, float | None]:
    """How surprising an event is, and has to be; None: nothing more comes today."""
    bar = _bar(watch)
    return surprise(facts.own or NO_HISTORY), None if math.isinf(bar) else bar


def budget(watch: Watch, activity: Activity, facts: Facts) -> GateResult:
    """Whether it is surprising enough for what the day has room for."""
    if watch.noise is None or is_outside_budget(watch, activity, facts):
        return GateResult.PASSED
    is_usual = surprise(facts.own or NO_HISTORY) < _bar(watch)
    return GateResult.DEFERRED if is_usual else GateResult.PASSED


def below_percentile(rules: Rules, activity: Activity, facts: Facts) -> GateResult:
    """Whether too few of the wallet's own trades are smaller; of few trades that is not known."""
    percentile, own = rules.min_percentile, facts.own
    if not percentile or activity.kind not in TRADES:
        return GateResult.PASSED
    if own is None or own.rank is None or own.trades < MIN_TRADES:
        return GateResult.UNKNOWN
    return GateResult.STOPPED if own.rank * 100 < percentile else GateResult.PASSED


def _bar(watch: Watch) -> float:
    day, per_day = watch.noise, watch.settings.per_day
    return 0.0 if day is None or per_day is None else bar_of(day, per_day)
