"""Deliveries and where they go.
Each kind of delivery has its rules.
"""

import pytest

from domain.delivery.deliveries import (
    KIND_RULES,
    MAX_AMBIGUOUS_SENDS,
    ChannelName,
    DeliveryKind,
    DeliveryState,
    Destination,
)
from domain.rules.lanes import Lane
from tests.domain.delivery.deliveries import delivery


def test_a_delivery_goes_to_its_chat_by_telegram_unless_it_says_otherwise() -> None:
    claimed = delivery()
    assert (claimed.channel, claimed.address) == (ChannelName.TELEGRAM, "")
    assert Destination(chat_id=claimed.chat_id) == Destination(
        channel=ChannelName.TELEGRAM, chat_id=3, address=""
    )


def test_states_are_words_of_the_field() -> None:
    assert {state.value for state in DeliveryState} == {
        *("pending", "sending", "sent", "retry", "suppressed", "dead"),
        *("unconfirmed", "ambiguous", "deferred", "digested"),
    }


def test_every_kind_has_rules() -> None:
    assert set(KIND_RULES) == set(DeliveryKind)


def test_a_broadcast_goes_after_everything_else() -> None:
    assert KIND_RULES[DeliveryKind.BROADCAST].lane is max(Lane)


@pytest.mark.parametrize(
    ("kind", "sends"),
    [
        (DeliveryKind.ALERT, MAX_AMBIGUOUS_SENDS),
        (DeliveryKind.DIGEST, MAX_AMBIGUOUS_SENDS),
        (DeliveryKind.UNCONFIRMED_ALERTS, MAX_AMBIGUOUS_SENDS),
        (DeliveryKind.OUTAGE, 0),
        (DeliveryKind.BROADCAST, 0),
        (DeliveryKind.CORRECTION_REPLY, 0),
    ],
)
def test_only_alerts_and_the_line_that_names_them_are_sent_again(kind: DeliveryKind, sends: int) -> None:
    assert KIND_RULES[kind].max_ambiguous_sends == sends


def test_what_carries_alerts_is_named_when_it_stays_open() -> None:
    named = {kind for kind, rules in KIND_RULES.items() if rules.is_named}
    assert named == {DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.LIVING}


def test_the_line_that_names_alerts_waits_for_no_group() -> None:
    assert KIND_RULES[DeliveryKind.UNCONFIRMED_ALERTS].lane is Lane.URGENT


def test_an_edit_may_be_repeated() -> None:
    assert KIND_RULES[DeliveryKind.CORRECTION].max_ambiguous_sends > MAX_AMBIGUOUS_SENDS
