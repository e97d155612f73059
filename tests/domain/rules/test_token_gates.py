"""Age of a token and what all of it is worth: stopped only by what is known."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.rules.gates import NO_FACTS, Facts, GateResult
from domain.rules.rules import NO_RULES, Rules
from domain.rules.token_gates import (
    liquidity_too_low,
    market_cap_too_high,
    market_cap_too_low,
    too_old,
    too_young,
)

HOUR = 3600


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("facts", "young", "old"),
    [
        (Facts(token_age=hours(0.5)), GateResult.STOPPED, GateResult.PASSED),
        (Facts(token_age=hours(1)), GateResult.PASSED, GateResult.PASSED),
        (Facts(token_age=hours(3)), GateResult.PASSED, GateResult.STOPPED),
        (Facts(token_age_at_least=hours(0.5)), GateResult.UNKNOWN, GateResult.UNKNOWN),
        (Facts(token_age_at_least=hours(1.5)), GateResult.PASSED, GateResult.UNKNOWN),
        (Facts(token_age_at_least=hours(3)), GateResult.PASSED, GateResult.STOPPED),
        (NO_FACTS, GateResult.UNKNOWN, GateResult.UNKNOWN),
    ],
)
def test_age_counts_as_far_as_it_is_known(facts: Facts, young: GateResult, old: GateResult) -> None:
    rules = Rules(min_age_seconds=HOUR, max_age_seconds=2 * HOUR)
    assert (too_young(rules, facts), too_old(rules, facts)) == (young, old)


@pytest.mark.parametrize(
    ("market_cap", "low", "high"),
    [
        (Decimal(99), GateResult.STOPPED, GateResult.PASSED),
        (Decimal(100), GateResult.PASSED, GateResult.PASSED),
        (Decimal(201), GateResult.PASSED, GateResult.STOPPED),
        (None, GateResult.UNKNOWN, GateResult.UNKNOWN),
    ],
)
def test_market_cap_counts_where_it_is_known(
    market_cap: Decimal | None, low: GateResult, high: GateResult
) -> None:
    rules, facts = (
        Rules(min_market_cap=Decimal(100), max_market_cap=Decimal(200)),
        Facts(market_cap=market_cap),
    )
    assert (market_cap_too_low(rules, facts), market_cap_too_high(rules, facts)) == (low, high)


def test_without_rules_nothing_is_asked() -> None:
    every = [
        judge(NO_RULES, NO_FACTS) for judge in (too_young, too_old, market_cap_too_low, market_cap_too_high)
    ]
    assert set(every) == {GateResult.PASSED}


@pytest.mark.parametrize(
    ("liquidity", "answer"),
    [
        (None, GateResult.UNKNOWN),
        (Decimal(9_999), GateResult.STOPPED),
        (Decimal(10_000), GateResult.PASSED),
    ],
)
def test_a_shallow_pool_stops_what_asks_for_a_deeper_one(
    liquidity: Decimal | None, answer: GateResult
) -> None:
    facts = Facts(liquidity=liquidity)
    assert liquidity_too_low(Rules(min_liquidity=Decimal(10_000)), facts) is answer
    assert liquidity_too_low(Rules(min_liquidity=Decimal(0)), facts) is GateResult.PASSED
    assert liquidity_too_low(NO_RULES, facts) is GateResult.PASSED
