"""Gates that look at the token: how old it is, what all of it is worth, what lies in its pool. Pure.

What is not known never stops anything; but of a token that was known a year ago it is known that it is older.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from domain.rules.gates import Facts, GateResult
from domain.rules.rules import Rules

_ANSWERS = {True: GateResult.STOPPED, False: GateResult.PASSED, None: GateResult.UNKNOWN}


def too_young(rules: Rules, facts: Facts) -> GateResult:
    """Return whether the token was made a shorter time ago than the rules ask for."""
    minimum = rules.min_age_seconds
    return _ANSWERS[_is_younger(facts, timedelta(seconds=minimum))] if minimum else GateResult.PASSED


def too_old(rules: Rules, facts: Facts) -> GateResult:
    """Return whether the token was made a longer time ago than the rules admit."""
    maximum = rules.max_age_seconds
    return _ANSWERS[_is_older(facts, timedelta(seconds=maximum))] if maximum else GateResult.PASSED


def market_cap_too_low(rules: Rules, facts: Facts) -> GateResult:
    """Return whether all of the token is worth less than the rules ask for."""
    return _market_cap(rules.min_market_cap, facts, lambda market_cap, minimum: market_cap < minimum)


def market_cap_too_high(rules: Rules, facts: Facts) -> GateResult:
    """Return whether all of the token is worth more than the rules admit."""
    return _market_cap(rules.max_market_cap, facts, lambda market_cap, maximum: market_cap > maximum)


def liquidity_too_low(rules: Rules, facts: Facts) -> GateResult:
    """Return whether less lies in the pool of this trade than the rules ask for."""
    minimum = rules.min_liquidity
    if not minimum:
        return GateResult.PASSED
    return _ANSWERS[None if facts.liquidity is None else facts.liquidity < minimum]


def _is_younger(facts: Facts, minimum: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age < minimum
    known = facts.token_age_at_least
    return False if known is not None and known >= minimum else None


def _is_older(facts: Facts, maximum: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age > maximum
    known = facts.token_age_at_least
    return True if known is not None and known > maximum else None


def _market_cap(
    bound: Decimal | None, facts: Facts, is_beyond: Callable[[Decimal, Decimal], bool]
) -> GateResult:
    if not bound:
        return GateResult.PASSED
    return _ANSWERS[None if facts.market_cap is None else is_beyond(facts.market_cap, bound)]
