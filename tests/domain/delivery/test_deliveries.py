"""What follows from a send."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import Activity, Kind
from domain.delivery.deliveries import (
    MAX_AMBIGUOUS_SENDS,
    MAX_ATTEMPTS,
    MAX_WAIT,
    ClaimedDelivery,
    DeliveryState,
    SendResult,
    SendStatus,
    apply_result,
    waiting_time,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACTIVITY = Activity(
    chain="sandbox", signature="s", slot=1, block_time=None, wallet="w", kind=Kind.BUY, paid=(), received=()
)
CLAIMED = ClaimedDelivery(
    delivery_id=1,
    alert_id=2,
    chat_id=3,
    topic_id=0,
    watch_id=4,
    label="",
    activity=ACTIVITY,
    attempts=0,
    ambiguous_sends=0,
    happened_at=NOW,
    created_at=NOW,
)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (SendStatus.ACCEPTED, DeliveryState.SENT),
        (SendStatus.REFUSED, DeliveryState.RETRY),
        (SendStatus.AMBIGUOUS, DeliveryState.RETRY),
        (SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
        (SendStatus.CHAT_CLOSED, DeliveryState.DEAD),
        (SendStatus.MIGRATED, DeliveryState.RETRY),
        (SendStatus.TOKEN_REJECTED, DeliveryState.RETRY),
    ],
)
def test_each_status_leads_to_its_state(status: SendStatus, state: DeliveryState) -> None:
    assert apply_result(CLAIMED, SendResult(status=status)).state is state


def test_a_lost_answer_is_repeated_once_and_then_unknown() -> None:
    first = apply_result(CLAIMED, SendResult(status=SendStatus.AMBIGUOUS))
    assert (first.state, first.ambiguous_sends) == (DeliveryState.RETRY, 1)
    second = apply_result(
        replace(CLAIMED, ambiguous_sends=first.ambiguous_sends), SendResult(status=SendStatus.AMBIGUOUS)
    )
    assert second.state is DeliveryState.AMBIGUOUS


def test_telegrams_wait_is_kept_and_costs_no_attempt() -> None:
    refused = apply_result(CLAIMED, SendResult(status=SendStatus.REFUSED, retry_after=35))
    assert (refused.wait, refused.attempts) == (35, 0)


def test_refusals_end_after_the_last_attempt() -> None:
    last = replace(CLAIMED, attempts=MAX_ATTEMPTS - 1)
    assert apply_result(last, SendResult(status=SendStatus.REFUSED)).state is DeliveryState.DEAD


def test_a_refused_token_uses_up_nothing() -> None:
    stopped = apply_result(
        replace(CLAIMED, attempts=MAX_ATTEMPTS - 1), SendResult(status=SendStatus.TOKEN_REJECTED)
    )
    assert (stopped.state, stopped.attempts) == (DeliveryState.RETRY, MAX_ATTEMPTS - 1)


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_and_stay_bounded(attempts: int) -> None:
    assert 0 < waiting_time(attempts) <= waiting_time(attempts + 1) <= MAX_WAIT


@given(st.lists(st.sampled_from(list(SendStatus)), max_size=60))
def test_whatever_happens_a_delivery_is_sent_once_and_repeated_at_most_once(
    statuses: list[SendStatus],
) -> None:
    claimed, ambiguous, accepted = CLAIMED, 0, 0
    for status in statuses:
        transition = apply_result(claimed, SendResult(status=status))
        ambiguous += status is SendStatus.AMBIGUOUS
        accepted += status is SendStatus.ACCEPTED
        if transition.state is not DeliveryState.RETRY:
            break
        claimed = replace(claimed, attempts=transition.attempts, ambiguous_sends=transition.ambiguous_sends)
    assert accepted + min(ambiguous, 1) <= 1 + MAX_AMBIGUOUS_SENDS
    assert ambiguous <= MAX_AMBIGUOUS_SENDS + 1
    assert accepted <= 1
