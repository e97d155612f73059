"""Buttons of the first screen and under an address."""

from hypothesis import given
from hypothesis import strategies as st

from messaging.telegram.callbacks import MAX_BYTES, Callbacks
from messaging.telegram.keyboards.start import (
    address_keyboard,
    examples_keyboard,
    owner_keyboard,
    search_keyboard,
)

ADDRESS = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
CALLBACKS = Callbacks("token")


@given(st.integers(-(10**15), 10**15))
def test_every_button_fits_into_64_bytes(chat_id: int) -> None:
    keyboards = [
        address_keyboard(CALLBACKS, ADDRESS, chat_id=chat_id, is_wallet=False),
        search_keyboard(CALLBACKS, ADDRESS, chat_id=chat_id),
        owner_keyboard(CALLBACKS, ADDRESS, chat_id=chat_id),
        examples_keyboard(CALLBACKS, [("Moby", ADDRESS), ("", ADDRESS)], chat_id=chat_id),
    ]
    for keyboard in keyboards:
        assert keyboard is not None
        for row in keyboard.inline_keyboard:
            for button in row:
                data = str(button.callback_data)
                assert len(data.encode()) <= MAX_BYTES
                assert CALLBACKS.read(data, chat_id=chat_id, user_id=1).arguments == (ADDRESS,)


def test_a_wallet_is_not_offered_to_be_scanned() -> None:
    keyboard = address_keyboard(CALLBACKS, ADDRESS, chat_id=1, is_wallet=True)
    assert [button.text for button in keyboard.inline_keyboard[0]] == ["🐋 Follow", "💰 Balance"]


def test_without_examples_there_are_no_buttons() -> None:
    assert examples_keyboard(CALLBACKS, [], chat_id=1) is None


def test_an_example_without_a_name_shows_its_address() -> None:
    keyboard = examples_keyboard(CALLBACKS, [("", ADDRESS)], chat_id=1)
    assert keyboard is not None
    assert keyboard.inline_keyboard[0][0].text == "🐋 EKpQ…zcjm"
