"""The buttons of /export."""

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.export import EXPORT, export_keyboard

CALLBACKS = Callbacks("1:token")


def test_each_thing_has_a_button_for_each_form() -> None:
    rows = export_keyboard(CALLBACKS, chat_id=5).inline_keyboard
    pressed = [CALLBACKS.read(str(one.callback_data), chat_id=5, user_id=1) for row in rows for one in row]
    assert {one.verb for one in pressed} == {EXPORT}
    assert {one.arguments for one in pressed} == {
        (what, form) for what in ("wallets", "history", "whales") for form in ("csv", "json")
    }
