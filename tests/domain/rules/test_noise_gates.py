"""Gates that ask how usual an event is for its wallet."""

from dataclasses import replace

import pytest
from msgspec import structs

from domain.activity.activity import Kind
from domain.rules.gates import NO_FACTS, Facts, GateResult
from domain.rules.noise import NoiseDay, OwnHistory
from domain.rules.noise_gates import below_percentile, budget, is_outside_budget, judged
from domain.rules.rules import ChatSettings, Rules
from tests.domain.delivery.deliveries import activity
from tests.domain.rules.samples import WATCH

FULL = NoiseDay(sent=18, elapsed=0.5, expected=100.0, scores=[0.5])
BUDGETED = replace(WATCH, settings=ChatSettings(per_day=15), noise=FULL)
USUAL = Facts(own=OwnHistory(trades=40, rank=0.5, quiet_seconds=0.0))


def test_when_the_day_is_full_the_rest_waits() -> None:
    assert budget(BUDGETED, activity(), USUAL) is GateResult.DEFERRED
    assert judged(BUDGETED, USUAL) == (0.35, None)
    assert budget(WATCH, activity(), USUAL) is GateResult.PASSED, "no budget"
    roomy = replace(BUDGETED, noise=replace(FULL, sent=0, expected=3.0))
    assert budget(roomy, activity(), USUAL) is GateResult.PASSED
    assert judged(roomy, NO_FACTS) == (0.45, 0.0)


def test_full_exits_and_what_people_hold_themselves_stand_outside() -> None:
    sold_all = structs.replace(activity(), kind=Kind.SELL, token_before=5, token_after=0)
    assert is_outside_budget(BUDGETED, sold_all, USUAL)
    assert is_outside_budget(BUDGETED, structs.replace(activity(), kind=Kind.SELL), Facts(full_exit=True))
    assert is_outside_budget(replace(BUDGETED, is_holder=True), activity(), USUAL)
    assert not is_outside_budget(BUDGETED, structs.replace(sold_all, token_after=1), USUAL)
    dust = structs.replace(sold_all, token_before=10**9, token_after=1)
    assert is_outside_budget(BUDGETED, dust, USUAL)
    swapped = structs.replace(activity(), kind=Kind.SWAP)
    assert is_outside_budget(BUDGETED, swapped, replace(USUAL, full_exit=True))
    assert not is_outside_budget(BUDGETED, swapped, USUAL)
    assert budget(BUDGETED, sold_all, USUAL) is GateResult.PASSED


@pytest.mark.parametrize(
    ("trades", "rank", "result"),
    [
        (30, 0.79, GateResult.STOPPED),
        (30, 0.8, GateResult.PASSED),
        (29, 0.1, GateResult.UNKNOWN),
        (200, None, GateResult.UNKNOWN),
    ],
)
def test_the_largest_fifth(trades: int, rank: float | None, result: GateResult) -> None:
    facts = Facts(own=OwnHistory(trades=trades, rank=rank, quiet_seconds=None))
    assert below_percentile(Rules(min_percentile=80), activity(), facts) is result


def test_without_the_rule_and_of_what_is_no_trade_it_asks_nothing() -> None:
    assert below_percentile(Rules(), activity(), NO_FACTS) is GateResult.PASSED
    moved = structs.replace(activity(), kind=Kind.TRANSFER_IN)
    assert below_percentile(Rules(min_percentile=80), moved, NO_FACTS) is GateResult.PASSED
    assert below_percentile(Rules(min_percentile=80), activity(), NO_FACTS) is GateResult.UNKNOWN
