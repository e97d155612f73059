"""What of a batch may wait by itself, so that others need not wait for it."""

from dataclasses import replace

import pytest

from domain.delivery.deliveries import KIND_RULES, ClaimedDelivery, DeliveryKind, Destination
from domain.delivery.facts import NO_FACTS
from domain.rules.lanes import Lane
from messaging.sending.chat_batch import ChatBatch, is_copy, may_repeat
from tests.domain.delivery.deliveries import delivery


def batch_of(*deliveries: ClaimedDelivery) -> ChatBatch:
    first = deliveries[0]
    destination = Destination(chat_id=first.chat_id)
    return ChatBatch(
        destination=destination, lane=Lane.NORMAL, deliveries=list(deliveries), facts=NO_FACTS, ends_at=1.0
    )


def numbered(kind: DeliveryKind, number: int, *, ambiguous_sends: int = 0) -> ClaimedDelivery:
    return replace(delivery(kind), delivery_id=number, ambiguous_sends=ambiguous_sends)


def test_possible_repeats_are_set_aside_and_the_others_stay_in_their_order() -> None:
    alert, living = DeliveryKind.ALERT, DeliveryKind.LIVING
    batch = batch_of(
        numbered(alert, 1, ambiguous_sends=1),
        numbered(living, 2, ambiguous_sends=1),
        numbered(alert, 3),
        numbered(alert, 4, ambiguous_sends=1),
    )
    assert batch.set_repeats_aside(1.5)
    assert [one.delivery_id for one in batch.aside] == [1, 4]
    assert [one.delivery_id for one in batch.deliveries] == [2, 3]
    assert batch.aside_wait == 1.5


def test_of_possible_repeats_alone_nothing_is_left() -> None:
    batch = batch_of(numbered(DeliveryKind.ALERT, 1, ambiguous_sends=1))
    assert not batch.set_repeats_aside(1.0)


@pytest.mark.parametrize("kind", DeliveryKind)
def test_an_edit_is_no_repeat_and_of_the_others_only_alerts_are_left_behind(kind: DeliveryKind) -> None:
    assert not may_repeat(numbered(kind, 1))
    assert may_repeat(numbered(kind, 1, ambiguous_sends=1)) is not KIND_RULES[kind].is_edit
    assert is_copy(numbered(kind, 1, ambiguous_sends=1)) is (kind is DeliveryKind.ALERT)
