"""Gates that ask how old a token is and what all of it is worth. Pure.

What is not known never stops anything; but of a token that was known a year ago it is known that it is older.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from domain.rules.gates import Facts, Verdict
from domain.rules.rules import Rules

_ANSWERS = {True: Verdict.STOPPED, False: Verdict.PASSED, None: Verdict.UNKNOWN}


def too_young(rules: Rules, facts: Facts) -> Verdict:
    """Whether the token was made a shorter time ago than the rules ask for."""
    lowest = rules.min_age_seconds
    return _ANSWERS[_is_younger(facts, timedelta(seconds=lowest))] if lowest else Verdict.PASSED


def too_old(rules: Rules, facts: Facts) -> Verdict:
    """Whether the token was made a longer time ago than the rules admit."""
    highest = rules.max_age_seconds
    return _ANSWERS[_is_older(facts, timedelta(seconds=highest))] if highest else Verdict.PASSED


def market_cap_too_low(rules: Rules, facts: Facts) -> Verdict:
    """Whether all of the token is worth less than the rules ask for."""
    return _market_cap(rules.min_market_cap, facts, lambda market_cap, lowest: market_cap < lowest)


def market_cap_too_high(rules: Rules, facts: Facts) -> Verdict:
    """Whether all of the token is worth more than the rules admit."""
    return _market_cap(rules.max_market_cap, facts, lambda market_cap, highest: market_cap > highest)


def _is_younger(facts: Facts, lowest: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age < lowest
    known = facts.token_age_at_least
    return False if known is not None and known >= lowest else None


def _is_older(facts: Facts, highest: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age > highest
    known = facts.token_age_at_least
    return True if known is not None and known > highest else None


def _market_cap(
    bound: Decimal | None, facts: Facts, is_beyond: Callable[[Decimal, Decimal], bool]
) -> Verdict:
    if not bound:
        return Verdict.PASSED
    return _ANSWERS[None if facts.market_cap is None else is_beyond(facts.market_cap, bound)]
