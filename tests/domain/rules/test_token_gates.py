"""Dust of every currency and unasked-for tokens are kept, and silent.
Age of a token and what all of it is worth: stopped only by what is known.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.rules.decisions import decide
from domain.rules.gates import NO_FACTS, Facts, Gate, GateResult
from domain.rules.rules import NO_RULES, Rules
from domain.rules.token_gates import (
    WELL_KNOWN,
    is_dust,
    liquidity_too_low,
    market_cap_too_high,
    market_cap_too_low,
    too_old,
    too_young,
    unknown_tokens,
)
from tests.domain.rules.samples import NOW, WATCH, activity

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
JITOSOL = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
STRANGE = "Strange1111111111111111111111111111111111"
HOUR = 3600


def came(*legs: tuple[str, int], is_signer: bool | None = False, kind: Kind = Kind.TRANSFER_IN) -> Activity:
    received = tuple(Leg(mint=mint, raw=raw, decimals=6) for mint, raw in legs)
    return structs.replace(activity(kind), paid=(), received=received, is_signer=is_signer)


@pytest.mark.parametrize(
    ("what", "dust"),
    [
        (came((USDC, 1)), True),
        (came((USDC, 10_000)), True),
        (came((USDC, 10_000), is_signer=None), True),
        (came((USDC, 10_000), is_signer=True), False),
        (came((USDC, 1_000_000)), False),
        (came((SOL, 999_999)), True),
        (came((SOL, 999_999), is_signer=True), True),
        (came((SOL, 1_000_000)), False),
        (came((JITOSOL, 999)), True),
        (came((SOL, 5), (USDC, 5)), True),
        (came((SOL, 5), (USDC, 5_000_000)), False),
        (came((STRANGE, 1)), False),
        (came((USDC, 1), kind=Kind.SELL), False),
    ],
)
def test_a_tiny_amount_of_any_currency_is_dust(what: Activity, dust: bool) -> None:  # noqa: FBT001
    assert is_dust(what) is dust
    wanted = decide(WATCH, what, seen_at=NOW, now=NOW).gate
    assert (wanted is Gate.DUST) is dust


def test_every_dollar_can_be_dust() -> None:
    assert all(is_dust(came((mint, 1))) for mint in DOLLAR_MINTS)


@pytest.mark.parametrize(
    ("what", "known", "gate"),
    [
        (came((STRANGE, 10**9)), False, Gate.SPAM),
        (came((STRANGE, 10**9), kind=Kind.MINT), False, Gate.SPAM),
        (came((STRANGE, 10**9), (SOL, 5)), False, Gate.SPAM),
        (came((STRANGE, 10**9)), True, Gate.WANTED),
        (came((STRANGE, 10**9)), None, Gate.WANTED),
        (came((STRANGE, 10**9), is_signer=True), False, Gate.WANTED),
        (came((STRANGE, 10**9), is_signer=None), False, Gate.WANTED),
        (came((STRANGE, 10**9), (USDC, 5_000_000)), False, Gate.WANTED),
        (came((USDC, 5_000_000)), False, Gate.WANTED),
    ],
)
def test_a_token_that_nobody_asked_for_is_silent_unless_the_wallet_dealt_with_it(
    what: Activity,
    known: bool | None,  # noqa: FBT001 - one of the values of a table
    gate: Gate,
) -> None:
    facts = Facts(tokens_known=known)
    assert decide(WATCH, what, seen_at=NOW, now=NOW, facts=facts).gate is gate


def test_only_tokens_of_no_known_value_are_asked_about() -> None:
    assert unknown_tokens(came((STRANGE, 5), (SOL, 5))) == {STRANGE}
    assert unknown_tokens(came((USDC, 5))) == frozenset()
    assert SOL in WELL_KNOWN


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
