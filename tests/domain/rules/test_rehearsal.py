"""A week is counted by the rules as they are, and by a quieter one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.rules.rehearsal import MAX_EVENTS, MIN_OF_EACH, PastEvent, Rehearsal, rehearse
from domain.rules.rules import ChatSettings, Rules
from tests.domain.rules.samples import BOUGHT, NOW, SOLD, WATCH

OTHER = replace(WATCH, watch_id=2)
WATCHES = {1: WATCH, 2: OTHER}


def event(
    usd: int | None, *, watch_id: int = 1, activity: Activity = BOUGHT, is_spam: bool = False
) -> PastEvent:
    market = MarketFacts(usd=None if usd is None else Decimal(usd))
    return PastEvent(watch_id=watch_id, activity=activity, market=market, happened_at=NOW, is_spam=is_spam)


def test_it_says_how_many_whose_and_how_many_a_minimum_would_leave() -> None:
    events = [event(50)] * 30 + [event(3_000)] * 8 + [event(20_000, watch_id=2)] * 3
    assert rehearse(WATCHES, events) == Rehearsal(
        number=41, busiest=1, of_busiest=38, minimum=Decimal(100), with_minimum=11, is_cut=False
    )


def test_the_least_minimum_is_offered_that_halves_the_alerts_and_leaves_some() -> None:
    events = [event(3_000)] * 20 + [event(20_000)] * 5
    found = rehearse(WATCHES, events)
    assert (found.minimum, found.with_minimum) == (Decimal(5_000), 5)
    assert rehearse(WATCHES, [event(3_000)] * 20).minimum is None, "it would leave nothing"
    assert rehearse(WATCHES, [event(None)] * 20).minimum is None, "no minimum stops what is not known"
    assert rehearse(WATCHES, [event(50)] * 9).minimum is None, "so few disturb nobody"


@pytest.mark.parametrize(
    ("rules", "number"),
    [
        (Rules(), 4),
        (Rules(min_usd=Decimal(1_000)), 2),
        (Rules(kinds_off=frozenset({Kind.SELL})), 3),
        (Rules(max_usd=Decimal(60)), 1),
        (Rules(first_buy_only=True), 3),
        (Rules(full_exit_only=True), 3),
        (Rules(min_age_seconds=3_600), 3),
    ],
)
def test_every_rule_counts(rules: Rules, number: int) -> None:
    young = MarketFacts(usd=Decimal(5_000), token_created_at=NOW - timedelta(minutes=5))
    events = [
        event(50),
        event(500, activity=structs.replace(BOUGHT, token_before=7, token_after=9)),
        replace(event(None), market=young),
        event(9_000, activity=structs.replace(SOLD, token_before=9, token_after=4)),
    ]
    found = rehearse({1: replace(WATCH, settings=ChatSettings(rules=rules))}, events)
    assert found.number == number


def test_spam_does_not_count_and_mutes_and_hours_do_not_either() -> None:
    busy = replace(WATCH, muted_until=NOW + timedelta(days=1), settings=ChatSettings(per_hour=0))
    assert rehearse({1: busy}, [event(50), event(50, is_spam=True)]).number == 1


def test_the_rule_of_a_wallet_goes_before_that_of_the_chat() -> None:
    own = replace(
        WATCH, rules=Rules(min_usd=Decimal(0)), settings=ChatSettings(rules=Rules(min_usd=Decimal(1_000)))
    )
    assert rehearse({1: own}, [event(50)]).number == 1
    assert rehearse({}, []).number == 0


def test_what_is_beyond_the_limit_is_said() -> None:
    assert rehearse(WATCHES, [event(50)] * MAX_EVENTS).is_cut


def test_one_of_many_that_did_more_than_is_counted_makes_the_number_a_floor() -> None:
    many = {number: replace(WATCH, watch_id=number) for number in range(1, 101)}
    assert rehearse(many, [event(50)] * MIN_OF_EACH).is_cut
    assert not rehearse(many, [event(50)] * (MIN_OF_EACH - 1)).is_cut
