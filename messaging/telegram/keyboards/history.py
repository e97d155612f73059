"""The buttons under a page of /history. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.texts.history import MAX_PAGES

HISTORY = "p"
"""Verb of a button that shows a page: page from 0, and a watch, a mint, or `0` for everything."""


def history_keyboard(
    callbacks: Callbacks, *, page: int, about: str, has_more: bool, chat_id: int
) -> InlineKeyboardMarkup | None:
    """The way to the pages before and after; None: there is one page.

    Args:
        callbacks: signs the buttons.
        page: from 0.
        about: as the command had it: a watch, a mint, or empty; short enough for a button.
        has_more: events before this page are stored.
        chat_id: where it is shown.
    """
    targets = [("◀", page - 1)] if page else []
    if has_more and page + 1 < MAX_PAGES:
        targets.append(("▶", page + 1))
    buttons = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(HISTORY, target, about, chat_id=chat_id))
        for sign, target in targets
    ]
    return InlineKeyboardMarkup([buttons]) if buttons else None
