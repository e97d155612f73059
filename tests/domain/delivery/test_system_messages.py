"""What follows for a notice from each thing that a try may come to."""

import pytest

from domain.delivery.deliveries import MAX_ATTEMPTS, DeliveryState, SendResult, SendStatus
from domain.delivery.system_messages import SystemMessage, SystemMessageKind, apply_result_to_system_message
from domain.rules.lanes import Lane


def notice(kind: SystemMessageKind, *, attempts: int = 0) -> SystemMessage:
    return SystemMessage(
        system_message_id=1,
        kind=kind,
        chat_id=1,
        topic_id=0,
        message_id=7,
        delivery_id=3,
        upto_id=1,
        lane=Lane.NORMAL,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        (SystemMessageKind.OUTAGE, SendStatus.ACCEPTED, DeliveryState.SENT),
        (SystemMessageKind.OUTAGE, SendStatus.AMBIGUOUS, DeliveryState.AMBIGUOUS),
        (SystemMessageKind.REPLY, SendStatus.AMBIGUOUS, DeliveryState.AMBIGUOUS),
        (SystemMessageKind.EDIT, SendStatus.AMBIGUOUS, DeliveryState.PENDING),
        (SystemMessageKind.OUTAGE, SendStatus.REFUSED, DeliveryState.PENDING),
        (SystemMessageKind.EDIT, SendStatus.TOKEN_REJECTED, DeliveryState.PENDING),
        (SystemMessageKind.EDIT, SendStatus.MIGRATED, DeliveryState.PENDING),
        (SystemMessageKind.OUTAGE, SendStatus.CHAT_CLOSED, DeliveryState.DEAD),
        (SystemMessageKind.OUTAGE, SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
        (SystemMessageKind.REPLY, SendStatus.UNDELIVERABLE, DeliveryState.DEAD),
    ],
)
def test_each_status_leads_somewhere(
    kind: SystemMessageKind, status: SendStatus, state: DeliveryState
) -> None:
    settled = apply_result_to_system_message(notice(kind), SendResult(status=status))
    assert (settled.kind, settled.state) == (kind, state)


def test_an_edit_that_is_refused_for_good_becomes_an_answer_to_the_message() -> None:
    refusal = SendResult(status=SendStatus.UNDELIVERABLE, reason="Bad Request: message can't be edited")
    settled = apply_result_to_system_message(notice(SystemMessageKind.EDIT), refusal)
    assert (settled.kind, settled.state) == (SystemMessageKind.REPLY, DeliveryState.PENDING)


def test_a_message_that_somebody_deleted_needs_no_correction() -> None:
    refusal = SendResult(status=SendStatus.UNDELIVERABLE, reason="Bad Request: message to edit not found")
    assert apply_result_to_system_message(notice(SystemMessageKind.EDIT), refusal).state is DeliveryState.DEAD


def test_waits_are_as_long_as_telegram_asks_or_grow_and_end() -> None:
    flood = SendResult(status=SendStatus.REFUSED, retry_after=35)
    assert apply_result_to_system_message(notice(SystemMessageKind.OUTAGE), flood).wait == 35
    refused = SendResult(status=SendStatus.REFUSED)
    waits = [
        apply_result_to_system_message(notice(SystemMessageKind.EDIT, attempts=n), refused).wait
        for n in range(4)
    ]
    assert waits == [1, 2, 4, 8]
    last = notice(SystemMessageKind.EDIT, attempts=MAX_ATTEMPTS - 1)
    assert apply_result_to_system_message(last, refused).state is DeliveryState.DEAD
