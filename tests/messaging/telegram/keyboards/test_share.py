"""The buttons under a shared list are its owner's."""

import pytest

from messaging.telegram.callbacks import Callbacks, ForeignCallback
from messaging.telegram.keyboards.share import share_keyboard

CALLBACKS = Callbacks("1:token")


def buttons(chat_id: int, user_id: int) -> dict[str, str]:
    keyboard = share_keyboard(CALLBACKS, 7, is_named=True, chat_id=chat_id, user_id=user_id)
    (row,) = keyboard.inline_keyboard
    return {button.text: str(button.callback_data) for button in row}


def test_nobody_but_the_owner_may_press_them() -> None:
    written = buttons(5, 1)
    assert list(written) == ["🙈 Hide my name", "🗑 Revoke"]
    for data in written.values():
        assert CALLBACKS.read(data, chat_id=5, user_id=1).arguments[0] == "7"
        with pytest.raises(ForeignCallback):
            CALLBACKS.read(data, chat_id=5, user_id=2)


def test_in_a_group_the_name_is_its_owner_s_and_others_may_press_revoke() -> None:
    written = buttons(-5, 1)
    with pytest.raises(ForeignCallback):
        CALLBACKS.read(written["🙈 Hide my name"], chat_id=-5, user_id=2)
    assert CALLBACKS.read(written["🗑 Revoke"], chat_id=-5, user_id=2).arguments == ("7",)


def test_an_anonymous_admin_has_no_name_to_show() -> None:
    assert list(buttons(-5, 0)) == ["🗑 Revoke"]
