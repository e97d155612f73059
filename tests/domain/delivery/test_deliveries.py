"""What follows from a send."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import Activity, Kind
from domain.delivery.deliveries import (
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    MAX_REPEATS,
    Claimed,
    Fate,
    Outcome,
    State,
    settle,
    waiting_time,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACTIVITY = Activity(
    chain="sandbox", signature="s", slot=1, block_time=None, wallet="w", kind=Kind.BUY, paid=(), received=()
)
CLAIMED = Claimed(
    delivery_id=1,
    alert_id=2,
    chat_id=3,
    topic_id=0,
    watch_id=4,
    label="",
    activity=ACTIVITY,
    attempts=0,
    repeats=0,
    happened_at=NOW,
    created_at=NOW,
)


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate.ACCEPTED, State.SENT),
        (Fate.REFUSED, State.RETRY),
        (Fate.LOST, State.RETRY),
        (Fate.IMPOSSIBLE, State.DEAD),
        (Fate.CHAT_GONE, State.DEAD),
        (Fate.MIGRATED, State.RETRY),
        (Fate.STOPPED, State.RETRY),
    ],
)
def test_each_fate_leads_to_its_state(fate: Fate, state: State) -> None:
    assert settle(CLAIMED, Outcome(fate=fate)).state is state


def test_a_lost_answer_is_repeated_once_and_then_unknown() -> None:
    first = settle(CLAIMED, Outcome(fate=Fate.LOST))
    assert (first.state, first.repeats) == (State.RETRY, 1)
    second = settle(replace(CLAIMED, repeats=first.repeats), Outcome(fate=Fate.LOST))
    assert second.state is State.UNKNOWN


def test_telegrams_wait_is_kept_and_costs_no_attempt() -> None:
    told = settle(CLAIMED, Outcome(fate=Fate.REFUSED, retry_after=35))
    assert (told.wait, told.attempts) == (35, 0)


def test_refusals_end_after_the_last_attempt() -> None:
    last = replace(CLAIMED, attempts=MAX_ATTEMPTS - 1)
    assert settle(last, Outcome(fate=Fate.REFUSED)).state is State.DEAD


def test_a_refused_token_uses_up_nothing() -> None:
    stopped = settle(replace(CLAIMED, attempts=MAX_ATTEMPTS - 1), Outcome(fate=Fate.STOPPED))
    assert (stopped.state, stopped.attempts) == (State.RETRY, MAX_ATTEMPTS - 1)


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_and_stay_bounded(attempts: int) -> None:
    assert 0 < waiting_time(attempts) <= waiting_time(attempts + 1) <= LONGEST_WAIT


@given(st.lists(st.sampled_from(list(Fate)), max_size=60))
def test_whatever_happens_a_delivery_is_sent_once_and_repeated_at_most_once(fates: list[Fate]) -> None:
    claimed, lost, accepted = CLAIMED, 0, 0
    for fate in fates:
        settlement = settle(claimed, Outcome(fate=fate))
        lost += fate is Fate.LOST
        accepted += fate is Fate.ACCEPTED
        if settlement.state is not State.RETRY:
            break
        claimed = replace(claimed, attempts=settlement.attempts, repeats=settlement.repeats)
    assert accepted + min(lost, 1) <= 1 + MAX_REPEATS
    assert lost <= MAX_REPEATS + 1
    assert accepted <= 1
