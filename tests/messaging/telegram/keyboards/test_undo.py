"""The button Undo."""

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.undo import UNDO, undo_keyboard

CALLBACKS = Callbacks("token")


def test_it_carries_the_key_of_what_was_before() -> None:
    keyboard = undo_keyboard(CALLBACKS, "key", chat_id=1)
    assert keyboard is not None
    button = keyboard.inline_keyboard[0][0]
    callback = CALLBACKS.read(str(button.callback_data), chat_id=1, user_id=1)
    assert (button.text, callback.verb, callback.arguments) == ("↩️ Undo", UNDO, ("key",))


def test_without_a_key_there_is_no_button() -> None:
    assert undo_keyboard(CALLBACKS, None, chat_id=1) is None
    assert undo_keyboard(CALLBACKS, "", chat_id=1) is None
