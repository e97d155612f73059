"""The buttons of a choice, ten a page, and the button that takes the last change back. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from unicodedata import east_asian_width

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks

PICK = "pick"
"""Verb of a button that carries on with a command: the key of the choice, and the number of the option."""
PICK_PAGE = "ppage"
"""Verb of a button that shows another page of a choice: its key, and the page from 0."""
PAGE = 10
"""Options on one page."""
_ROOM: Mapping[int, float] = MappingProxyType({5: 6, 4: 8, 3: 13})
"""The letters that a phone shows on a button, by how many stand in its row; what is longer is cut."""
_NARROW = frozenset(" •·.,:")
UNDO = "undo"
"""Verb of a button that takes a change back: the key of what was before."""


def choice_keyboard(
    callbacks: Callbacks, key: str, names: Sequence[str], *, chat_id: int, page: int = 0
) -> InlineKeyboardMarkup:
    """One button for each option of a page, and the way to other pages.

    Args:
        callbacks: signs the buttons.
        key: of the choice as it is stored; the buttons carry numbers only.
        names: of all options, in order; plain text.
        chat_id: where it is shown; everybody there may choose.
        page: from 0.
    """

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


def fitting_rows(buttons: Sequence[InlineKeyboardButton], columns: int) -> list[list[InlineKeyboardButton]]:
    """The buttons in rows of one length, at most `columns` and at least two abreast, as their texts fit."""
    widest = max((_width(button.text) for button in buttons), default=0.0)
    fitting = next((n for n in range(min(columns, len(buttons)), 2, -1) if widest <= _ROOM[n]), 2)
    rows = -(-len(buttons) // fitting)
    abreast = -(-len(buttons) // max(rows, 1))
    return [[*buttons[begin : begin + abreast]] for begin in range(0, len(buttons), max(abreast, 1))]


def _width(text: str) -> float:
    """The width of a text in letters: signs of Chinese and pictures take two, dots and spaces half of one."""
    return sum(2 if east_asian_width(one) in "WF" else 0.5 if one in _NARROW else 1 for one in text)


def undo_button(
    callbacks: Callbacks, key: str, *, chat_id: int, text: str = "", locale: Locale = ENGLISH
) -> InlineKeyboardButton:
    """The button alone, for a row of a larger keyboard.

    Args:
        callbacks: signs the button.
        key: of what was kept (services/acts/undo.py).
        chat_id: where it is shown.
        text: in place of the usual words.
        locale: of the reader.
    """
    name = text or locale.gettext("↩️ Undo")
    return InlineKeyboardButton(name, callback_data=callbacks.write(UNDO, key, chat_id=chat_id))


def undo_keyboard(
    callbacks: Callbacks, key: str | None, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup | None:
    """The button below an answer; None: nothing was kept to go back to.

    Args:
        callbacks: signs the button.
        key: of what was kept (services/acts/undo.py).
        chat_id: where it is shown.
        locale: of the reader.
    """
    if not key:
        return None
    return InlineKeyboardMarkup([[undo_button(callbacks, key, chat_id=chat_id, locale=locale)]])
