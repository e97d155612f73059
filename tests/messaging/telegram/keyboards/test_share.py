"""The buttons under a shared list are its owner's."""

import pytest

from messaging.telegram.callbacks import Callbacks, ForeignCallback
from messaging.telegram.keyboards.share import share_keyboard

CALLBACKS = Callbacks("1:token")


def test_nobody_but_the_owner_may_press_them() -> None:
    (row,) = share_keyboard(CALLBACKS, 7, is_named=True, chat_id=-5, user_id=1).inline_keyboard
    assert [button.text for button in row] == ["🙈 Hide my name", "🗑 Revoke"]
    for button in row:
        assert CALLBACKS.read(str(button.callback_data), chat_id=-5, user_id=1).arguments[0] == "7"
        with pytest.raises(ForeignCallback):
            CALLBACKS.read(str(button.callback_data), chat_id=-5, user_id=2)
