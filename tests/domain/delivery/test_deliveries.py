"""Deliveries and where they go."""

from domain.delivery.deliveries import ChannelName, DeliveryState, Destination
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
