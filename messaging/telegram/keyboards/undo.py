"""The button that takes the last change back. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.telegram.callbacks import Callbacks

UNDO = "undo"
"""Verb of a button that takes a change back: the key of what was before."""


def undo_button(
    callbacks: Callbacks, key: str, *, chat_id: int, text: str = "↩️ Undo"
) -> InlineKeyboardButton:
    """The button alone, for a row of a larger keyboard."""
    return InlineKeyboardButton(text, callback_data=callbacks.write(UNDO, key, chat_id=chat_id))


def undo_keyboard(callbacks: Callbacks, key: str | None, *, chat_id: int) -> InlineKeyboardMarkup | None:
    """The button below an answer; None: nothing was kept to go back to."""
    if not key:
        return None
    return InlineKeyboardMarkup([[undo_button(callbacks, key, chat_id=chat_id)]])
