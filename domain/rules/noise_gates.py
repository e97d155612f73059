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
    """Return whether an event comes whatever the budget.

    Args:
        watch: where the chat's own people hold a token that the event may hurt, everything comes.
        activity: an exit always comes.
        facts: say whether it was a full exit, where that is known.
    """
    return watch.is_holder or is_exit(activity, full_exit=facts.full_exit)


def judged(watch: Watch, facts: Facts) -> tuple[float, float | None]:
    """Return how surprising an event is, and has to be; None: nothing more comes today."""
    bar = _bar(watch)
    return surprise(facts.own or NO_HISTORY), None if math.isinf(bar) else bar


def budget(watch: Watch, activity: Activity, facts: Facts) -> GateResult:
    """Return whether it is surprising enough for what the day has room for.

    Args:
        watch: without `noise`, its chat has no budget.
        activity: what happened.
        facts: of them `own`, the wallet's own habits; None: it counts as a wallet without a history.
    """
    if watch.noise is None or is_outside_budget(watch, activity, facts):
        return GateResult.PASSED
    is_usual = surprise(facts.own or NO_HISTORY) < _bar(watch)
    return GateResult.DEFERRED if is_usual else GateResult.PASSED


def below_percentile(rules: Rules, activity: Activity, facts: Facts) -> GateResult:
    """Return whether too few of the wallet's own trades are smaller; of few trades that is not known.

    Args:
        rules: of them `min_percentile`, in 0..100; without one every trade passes.
        activity: only trades are judged.
        facts: of them `own.rank`, the part of the wallet's own trades in 0..1 that are smaller.
    """
    percentile, own = rules.min_percentile, facts.own
    if not percentile or activity.kind not in TRADES:
        return GateResult.PASSED
    if own is None or own.rank is None or own.trades < MIN_TRADES:
        return GateResult.UNKNOWN
    return GateResult.STOPPED if own.rank * 100 < percentile else GateResult.PASSED


def _bar(watch: Watch) -> float:
    day, per_day = watch.noise, watch.settings.per_day
    return 0.0 if day is None or per_day is None else bar_of(day, per_day)
