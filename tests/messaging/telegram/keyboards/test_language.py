"""The buttons of /language."""

from domain.rules.rules import Display
from messaging.languages.choice import LANGUAGES
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.language import language_keyboard

CALLBACKS = Callbacks("1:a")


def test_there_is_a_button_for_each_language_and_each_way_to_write_numbers() -> None:
    keyboard = language_keyboard(CALLBACKS, Display(language="ru", numbers="point"), chat_id=1)
    texts = [button.text for row in keyboard.inline_keyboard for button in row]
    names = ["English", "Español", "• Русский •", "中文"]
    assert texts == [*names, "Numbers by language", "1,234.5", "• 1.234,5 •", "1\u00a0234,5"]
    assert len(LANGUAGES) == len(names)


def test_a_button_writes_what_a_person_would() -> None:
    keyboard = language_keyboard(CALLBACKS, Display(), chat_id=1)
    asked = [
        CALLBACKS.read(str(button.callback_data), chat_id=1, user_id=0).arguments
        for row in keyboard.inline_keyboard
        for button in row
    ]
    assert ("language", "zh") in asked
    assert ("numbers", "language") in asked
