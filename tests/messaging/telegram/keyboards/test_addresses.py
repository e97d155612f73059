"""The buttons under an address and on the first screen."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from messaging.telegram.callbacks import MAX_BYTES
from messaging.telegram.keyboards.addresses import (
    address_keyboard,
    examples_keyboard,
    follow_ticked,
    owner_keyboard,
    search_keyboard,
)
from tests.domain.rules.samples import WATCH
from tests.messaging.telegram.keyboards.reading import CALLBACKS, labels

ADDRESS = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
OTHER = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


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


def test_who_is_followed_already_is_ticked_and_called_by_its_name() -> None:
    followed = [replace(WATCH, wallet=ADDRESS, label="Moby")]
    offered = examples_keyboard(CALLBACKS, [("Ahab", ADDRESS), ("Other", OTHER)], chat_id=1)
    assert offered is not None
    assert labels(offered) == [["🐋 Ahab"], ["🐋 Other"]]
    ticked = follow_ticked(CALLBACKS, offered, ADDRESS, chat_id=1, watches=followed)
    assert labels(ticked) == [["✅ Moby"], ["🐋 Other"]]
    assert labels(examples_keyboard(CALLBACKS, [("Ahab", ADDRESS)], chat_id=1, watches=followed)) == [
        ["✅ Moby"]
    ]
