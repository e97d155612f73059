"""What buttons say and carry, as several tests of keyboards read them."""

from telegram import InlineKeyboardMarkup

from messaging.telegram.callbacks import Callbacks

CALLBACKS = Callbacks("1:token")
GROUP = -1_002_345_678_901


def read(keyboard: InlineKeyboardMarkup) -> dict[str, tuple[str, ...]]:
    """Verb and arguments of each button, by its text."""
    found = {}
    for row in keyboard.inline_keyboard:
        for button in row:
            callback = CALLBACKS.read(str(button.callback_data), chat_id=GROUP, user_id=1)
            found[button.text] = (callback.verb, *callback.arguments)
    return found


def labels(keyboard: InlineKeyboardMarkup | None) -> list[list[str]]:
    """The texts of all buttons, row by row."""
    return [] if keyboard is None else [[button.text for button in row] for row in keyboard.inline_keyboard]
