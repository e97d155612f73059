"""The buttons under a shared list, for who shares it. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks

SHARE_NAME = "shname"
"""Verb of a button: number of the list, and 1: readers see the owner's name, 0: they do not."""
REVOKE = "shoff"
"""Verb of a button by which nobody may open a list any more: its number."""


def share_keyboard(
    callbacks: Callbacks,
    list_id: int,
    *,
    is_named: bool,
    chat_id: int,
    user_id: int,
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup:
    """Show or hide the name, for the owner unless anonymous; revoke, in a group for all its admins.

    Args:
        callbacks: signs the buttons.
        list_id: the shared list.
        is_named: readers see the name now.
        chat_id: where it is shown; above 0: a private chat.
        user_id: who shares it; 0: an anonymous admin, who has no name to show.
        locale: of the reader.
    """
    name = callbacks.write(SHARE_NAME, list_id, 0 if is_named else 1, chat_id=chat_id, user_id=user_id)
    off = callbacks.write(REVOKE, list_id, chat_id=chat_id, user_id=user_id if chat_id > 0 else None)
    text = locale.gettext("🙈 Hide my name") if is_named else locale.gettext("👤 Show my name")
    buttons = [InlineKeyboardButton(text, callback_data=name)] if user_id else []
    return InlineKeyboardMarkup(
        [[*buttons, InlineKeyboardButton(locale.gettext("🗑 Revoke"), callback_data=off)]]
    )
