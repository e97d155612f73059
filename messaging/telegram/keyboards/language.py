"""Buttons of /language; each says what is to be. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Display
from messaging.languages.choice import LANGUAGES
from messaging.languages.locale import ENGLISH, Locale
from messaging.languages.numbers import EXAMPLE, NUMBER_FORMATS, NumberSymbols
from messaging.telegram.callbacks import Callbacks

LANGUAGE = "lang"
"""Verb of a button: `language` or `numbers` and what one would write behind it; `card` opens the card."""
_IN_A_ROW = 2


def language_keyboard(
    callbacks: Callbacks, display: Display, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """A button for each language, and for each way to write numbers.

    Args:
        callbacks: signs the buttons.
        display: what the chat has chosen, which is marked.
        chat_id: where it is shown.
        locale: of the reader.
    """

    def button(text: str, what: str, word: str, *, is_chosen: bool) -> InlineKeyboardButton:
        data = callbacks.write(LANGUAGE, what, word, chat_id=chat_id)
        return InlineKeyboardButton(f"• {text} •" if is_chosen else text, callback_data=data)

    chosen = display.language or "en"
    languages = [button(name, "language", code, is_chosen=code == chosen) for code, name in LANGUAGES.items()]
    by_language = button(
        locale.gettext("Numbers by language"), "numbers", "language", is_chosen=not display.numbers
    )
    formats = [
        button(_example(*signs), "numbers", word, is_chosen=word == display.numbers)
        for word, signs in NUMBER_FORMATS.items()
    ]
    rows = [languages[start : start + _IN_A_ROW] for start in range(0, len(languages), _IN_A_ROW)]
    return InlineKeyboardMarkup([*rows, [by_language], formats])


def _example(group: str, decimal: str) -> str:
    return EXAMPLE.translate(NumberSymbols(group, decimal).table)
