"""What follows from a send."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delivery.deliveries import (
    KIND_RULES,
    MAX_AMBIGUOUS_SENDS,
    MAX_ATTEMPTS,
    DeliveryKind,
    DeliveryState,
)
from domain.delivery.results import (
    HELD_BACK_WAIT,
    MAX_SUSPENDED_ATTEMPTS,
    MAX_WAIT,
    NAMED_AFTER,
    SendResult,
    SendStatus,
    apply_result,
    apply_result_to_group,
    state_after_ambiguous,
    waiting_time,
)
from domain.rules.lanes import Lane
from domain.webhooks import PUSH_LADDER
from tests.domain.delivery.deliveries import delivery

CLAIMED = delivery()
GONE = SendResult(status=SendStatus.MESSAGE_GONE, reason="Bad Request: message to edit not found")
REFUSED = SendResult(status=SendStatus.REFUSED)
THROTTLED = SendResult(status=SendStatus.REFUSED, retry_after=7.0, is_throttled=True)
AMBIGUOUS = SendResult(status=SendStatus.AMBIGUOUS)
UNREACHABLE = SendResult(status=SendStatus.REFUSED, unreachable=True)
HELD_BACK = SendResult(status=SendStatus.REFUSED, held_back=True)
PUSHES = [kind for kind, rules in KIND_RULES.items() if rules.is_push]
MESSAGES = [kind for kind in DeliveryKind if kind not in PUSHES]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (SendStatus.ACCEPTED, DeliveryState.SENT),
        (SendStatus.REFUSED, DeliveryState.RETRY),
        (SendStatus.AMBIGUOUS, DeliveryState.RETRY),
        (SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
        (SendStatus.MESSAGE_GONE, DeliveryState.DEAD),
        (SendStatus.CHAT_SUSPENDED, DeliveryState.RETRY),
        (SendStatus.CHAT_CLOSED, DeliveryState.DEAD),
        (SendStatus.MIGRATED, DeliveryState.RETRY),
        (SendStatus.TOKEN_REJECTED, DeliveryState.RETRY),
    ],
)
def test_each_status_leads_to_its_state(status: SendStatus, state: DeliveryState) -> None:
    assert apply_result(CLAIMED, SendResult(status=status)).state is state


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        (DeliveryKind.OUTAGE, SendStatus.ACCEPTED, DeliveryState.SENT),
        (DeliveryKind.OUTAGE, SendStatus.AMBIGUOUS, DeliveryState.AMBIGUOUS),
        (DeliveryKind.CORRECTION_REPLY, SendStatus.AMBIGUOUS, DeliveryState.AMBIGUOUS),
        (DeliveryKind.BROADCAST, SendStatus.AMBIGUOUS, DeliveryState.AMBIGUOUS),
        (DeliveryKind.CORRECTION, SendStatus.AMBIGUOUS, DeliveryState.RETRY),
        (DeliveryKind.OUTAGE, SendStatus.REFUSED, DeliveryState.RETRY),
        (DeliveryKind.BROADCAST, SendStatus.REFUSED, DeliveryState.RETRY),
        (DeliveryKind.CORRECTION, SendStatus.TOKEN_REJECTED, DeliveryState.RETRY),
        (DeliveryKind.CORRECTION, SendStatus.MIGRATED, DeliveryState.RETRY),
        (DeliveryKind.OUTAGE, SendStatus.CHAT_CLOSED, DeliveryState.DEAD),
        (DeliveryKind.OUTAGE, SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
        (DeliveryKind.CORRECTION_REPLY, SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
        (DeliveryKind.BROADCAST, SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
    ],
)
def test_each_status_leads_somewhere_for_each_kind(
    kind: DeliveryKind, status: SendStatus, state: DeliveryState
) -> None:
    transition = apply_result(delivery(kind), SendResult(status=status))
    assert (transition.kind, transition.state) == (kind, state)


def test_what_cannot_be_edited_is_answered_instead_at_once() -> None:
    refusal = SendResult(status=SendStatus.UNDELIVERABLE, reason="Bad Request: message can't be edited")
    transition = apply_result(delivery(DeliveryKind.CORRECTION), refusal)
    assert (transition.kind, transition.state) == (DeliveryKind.CORRECTION_REPLY, DeliveryState.RETRY)
    assert transition.wait == 0.0


def test_what_was_deleted_needs_no_correction() -> None:
    transition = apply_result(delivery(DeliveryKind.CORRECTION), GONE)
    assert (transition.kind, transition.state) == (DeliveryKind.CORRECTION, DeliveryState.DEAD)


def test_each_correction_of_a_message_that_cannot_be_edited_becomes_an_answer() -> None:
    group = [delivery(DeliveryKind.CORRECTION, delivery_id=n) for n in (1, 2)]
    transitions = apply_result_to_group(group, SendResult(status=SendStatus.UNDELIVERABLE))
    assert {(one.kind, one.send_alone) for one in transitions} == {(DeliveryKind.CORRECTION_REPLY, False)}


def test_an_edit_makes_no_message_of_its_own() -> None:
    accepted = SendResult(status=SendStatus.ACCEPTED, message_id=7)
    assert apply_result(delivery(DeliveryKind.CORRECTION), accepted).message_id is None
    assert apply_result(CLAIMED, accepted).message_id == 7


@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_the_last_refusal_ends_each_kind(kind: DeliveryKind) -> None:
    last = delivery(kind, attempts=KIND_RULES[kind].max_attempts - 1)
    assert apply_result(last, REFUSED).state is DeliveryState.DEAD
    assert apply_result(delivery(kind), REFUSED).state is DeliveryState.RETRY


def test_an_edit_without_answers_ends_like_a_refused_one() -> None:
    last = replace(
        delivery(DeliveryKind.CORRECTION, attempts=MAX_ATTEMPTS - 1), ambiguous_sends=MAX_ATTEMPTS - 1
    )
    assert apply_result(last, AMBIGUOUS).state is DeliveryState.DEAD


@pytest.mark.parametrize("lane", list(Lane))
@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.DIGEST])
def test_a_lost_answer_is_repeated_once_and_then_waits_an_hour_to_be_named(
    kind: DeliveryKind, lane: Lane
) -> None:
    claimed = replace(delivery(kind), lane=lane)
    first = apply_result(claimed, AMBIGUOUS)
    assert (first.state, first.ambiguous_sends) == (DeliveryState.RETRY, 1)
    second = apply_result(replace(claimed, ambiguous_sends=first.ambiguous_sends), AMBIGUOUS)
    assert (second.state, second.wait) == (DeliveryState.UNCONFIRMED, NAMED_AFTER)


def test_the_line_that_names_alerts_is_repeated_once_and_named_by_no_other() -> None:
    line = delivery(DeliveryKind.UNCONFIRMED_ALERTS)
    assert apply_result(line, AMBIGUOUS).state is DeliveryState.RETRY
    assert apply_result(replace(line, ambiguous_sends=1), AMBIGUOUS).state is DeliveryState.AMBIGUOUS


@pytest.mark.parametrize("result", [UNREACHABLE, HELD_BACK])
@pytest.mark.parametrize("kind", MESSAGES)
def test_what_was_never_sent_costs_nothing(kind: DeliveryKind, result: SendResult) -> None:
    last = replace(delivery(kind, attempts=KIND_RULES[kind].max_attempts - 1), ambiguous_sends=1)
    transition = apply_result(last, result)
    assert transition.state is DeliveryState.RETRY
    assert (transition.attempts, transition.ambiguous_sends) == (last.attempts, 1)


def test_a_suspended_chat_is_tried_for_a_week() -> None:
    result = SendResult(status=SendStatus.CHAT_SUSPENDED)
    late = replace(CLAIMED, attempts=MAX_SUSPENDED_ATTEMPTS - 2)
    last = replace(CLAIMED, attempts=MAX_SUSPENDED_ATTEMPTS - 1)
    assert apply_result(late, result).state is DeliveryState.RETRY
    assert apply_result(last, result).state is DeliveryState.DEAD
    assert MAX_SUSPENDED_ATTEMPTS * MAX_WAIT > 7 * 24 * 3600


def test_a_message_is_refused_for_longer_than_six_hours_before_it_is_given_up() -> None:
    assert sum(waiting_time(attempts) for attempts in range(MAX_ATTEMPTS - 1)) > 6 * 3600


def test_alerts_of_a_message_that_is_never_taken_are_tried_one_by_one() -> None:
    group = [replace(CLAIMED, delivery_id=n) for n in (1, 2)]
    transitions = apply_result_to_group(group, SendResult(status=SendStatus.UNDELIVERABLE))
    assert [(one.state, one.send_alone, one.wait) for one in transitions] == [
        (DeliveryState.RETRY, True, 0.0)
    ] * 2


@pytest.mark.parametrize("kind", MESSAGES)
def test_telegrams_wait_is_kept_and_costs_no_attempt(kind: DeliveryKind) -> None:
    refused = apply_result(delivery(kind), SendResult(status=SendStatus.REFUSED, retry_after=35))
    assert (refused.wait, refused.attempts) == (35, 0)


def test_refusals_wait_longer_and_longer() -> None:
    waits = [apply_result(delivery(DeliveryKind.CORRECTION, attempts=n), REFUSED).wait for n in range(4)]
    assert waits == [1, 2, 4, 8]


def test_refusals_end_after_the_last_attempt() -> None:
    last = replace(CLAIMED, attempts=MAX_ATTEMPTS - 1)
    assert apply_result(last, REFUSED).state is DeliveryState.DEAD


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


@given(st.sampled_from(list(DeliveryKind)), st.lists(st.sampled_from(list(SendStatus)), max_size=80))
def test_whatever_happens_each_kind_comes_to_an_end(kind: DeliveryKind, statuses: list[SendStatus]) -> None:
    claimed = delivery(kind)
    for tries, status in enumerate(statuses):
        transition = apply_result(claimed, SendResult(status=status))
        if transition.state is not DeliveryState.RETRY:
            return
        assert transition.attempts <= MAX_SUSPENDED_ATTEMPTS, tries
        claimed = replace(
            claimed,
            kind=transition.kind,
            attempts=transition.attempts,
            ambiguous_sends=transition.ambiguous_sends,
        )


def test_a_push_is_tried_ten_times_over_75_hours() -> None:
    pushed, waits = delivery(DeliveryKind.PUSH), []
    while (transition := apply_result(pushed, REFUSED)).state is DeliveryState.RETRY:
        waits.append(transition.wait)
        pushed = replace(pushed, attempts=transition.attempts)
    assert transition.state is DeliveryState.DEAD
    assert transition.attempts == 10
    assert sum(PUSH_LADDER) == 75 * 3600 + 35 * 60 + 5
    pairs = list(zip(waits, PUSH_LADDER, strict=True))
    assert all(0.9 * rung <= wait <= 1.1 * rung for wait, rung in pairs)
    assert any(wait != rung for wait, rung in pairs)


def test_pushes_that_failed_together_are_not_tried_again_together() -> None:
    waits = {apply_result(delivery(DeliveryKind.PUSH, delivery_id=n), REFUSED).wait for n in range(100)}
    assert len(waits) == 100


@pytest.mark.parametrize("kind", PUSHES)
def test_a_lost_answer_to_a_push_is_a_failed_try_like_any_other(kind: DeliveryKind) -> None:
    unanswered, refused = apply_result(delivery(kind), AMBIGUOUS), apply_result(delivery(kind), UNREACHABLE)
    assert (unanswered.state, unanswered.attempts, unanswered.wait) == (DeliveryState.RETRY, 1, refused.wait)
    last = delivery(kind, attempts=KIND_RULES[kind].max_attempts - 1)
    assert apply_result(last, AMBIGUOUS).state is DeliveryState.DEAD


def test_a_sender_that_died_with_a_push_in_its_hands_costs_no_try() -> None:
    assert {state_after_ambiguous(DeliveryKind.PUSH, before) for before in range(99)} == {DeliveryState.RETRY}


def test_a_receiver_that_asks_for_silence_gets_it_and_the_ladder_goes_on() -> None:
    throttled = apply_result(
        delivery(DeliveryKind.PUSH), SendResult(status=SendStatus.REFUSED, retry_after=35)
    )
    assert (throttled.wait, throttled.silence, throttled.attempts) == (35, 35, 1)


def test_a_push_that_was_not_tried_costs_nothing() -> None:
    waiting = apply_result(delivery(DeliveryKind.PUSH, attempts=6), HELD_BACK)
    assert (waiting.attempts, waiting.state, waiting.wait) == (6, DeliveryState.RETRY, HELD_BACK_WAIT)


def test_a_receiver_at_its_limit_costs_a_push_no_try() -> None:
    pushed = replace(delivery(DeliveryKind.PUSH), attempts=9)
    after = apply_result(pushed, THROTTLED)
    assert (after.state, after.attempts, after.wait, after.is_throttled) == (
        DeliveryState.RETRY,
        9,
        7.0,
        True,
    )
    tested = apply_result(replace(delivery(DeliveryKind.PUSH_TEST), attempts=1), THROTTLED)
    assert (tested.state, tested.is_throttled) == (DeliveryState.DEAD, False), "a test ends soon"
