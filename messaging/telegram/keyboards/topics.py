"""The button that brings all alerts of a group to one topic. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks

BRING_HERE = "topic"
"""Verb of the button; the topic is that of its message."""


def topic_keyboard(callbacks: Callbacks, *, chat_id: int, locale: Locale = ENGLISH) -> InlineKeyboardMarkup:
    """The button in the group.

    Args:
        callbacks: signs the button.
        chat_id: the group; the topic is the one in which it is pressed.
        locale: of the reader.
    """
    data = callbacks.write(BRING_HERE, chat_id=chat_id)
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(locale.gettext("🧵 Bring all here"), callback_data=data)]]
    )
