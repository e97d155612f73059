"""The buttons of a choice, ten a page, and the button that takes the last change back. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks

PICK = "pick"
"""Verb of a button that carries on with a command: the key of the choice, and the number of the option."""
PICK_PAGE = "ppage"
"""Verb of a button that shows another page of a choice: its key, and the page from 0."""
PAGE = 10
"""Options on one page."""
UNDO = "undo"
"""Verb of a button that takes a change back: the key of what was before."""


def choice_keyboard(
    callbacks: Callbacks, key: str, names: Sequence[str], *, chat_id: int, page: int = 0
) -> InlineKeyboardMarkup:
    """One button for each option of a page, and the way to other pages."""

    def button(text: str, verb: str, number: int) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=callbacks.write(verb, key, number, chat_id=chat_id))

    begin = page * PAGE
    rows = [
        [button(name, PICK, index)] for index, name in enumerate(names[begin : begin + PAGE], start=begin)
    ]
    pages = [
        button(sign, PICK_PAGE, target)
        for sign, target in (("◀", page - 1), ("▶", page + 1))
        if 0 <= target * PAGE < len(names)
    ]
    return InlineKeyboardMarkup([*rows, pages] if pages else rows)


def undo_button(
    callbacks: Callbacks, key: str, *, chat_id: int, text: str = "", locale: Locale = ENGLISH
) -> InlineKeyboardButton:
    """The button alone, for a row of a larger keyboard."""
    name = text or locale.gettext("↩️ Undo")
    return InlineKeyboardButton(name, callback_data=callbacks.write(UNDO, key, chat_id=chat_id))


def undo_keyboard(
    callbacks: Callbacks, key: str | None, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup | None:
    """The button below an answer; None: nothing was kept to go back to."""
    if not key:
        return None
    return InlineKeyboardMarkup([[undo_button(callbacks, key, chat_id=chat_id, locale=locale)]])
