"""The buttons by which admins let the bot speak in a group, and choose a channel. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.chats import Chat
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean

CONFIRM = "gconf"
"""Verb of the button in a group that leads an admin into the private chat."""
ACCEPT = "gyes"
"""Verb of the button there that confirms: the group without its sign, and when the button was made."""
CHANNEL = "chan"
"""Verb of a button that makes commands count for a channel: its id without sign; 0: for oneself again."""
_MAX_TITLE = 20


def confirm_keyboard(callbacks: Callbacks, *, chat_id: int, locale: Locale = ENGLISH) -> InlineKeyboardMarkup:
    """The button in the group.

    Args:
        callbacks: signs the button.
        chat_id: the group; everybody may press, and only an admin gets on.
        locale: of the reader.
    """
    data = callbacks.write(CONFIRM, chat_id=chat_id)
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(locale.gettext("✅ Confirm in private"), callback_data=data)]]
    )


def accept_keyboard(
    callbacks: Callbacks, group_id: int, *, user_id: int, made_at: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """The button in the private chat of one admin.

    Args:
        callbacks: signs the button.
        group_id: below 0, as ids of groups are; the button carries it without its sign.
        user_id: the admin, whose private chat it is.
        made_at: Unix seconds; an old button is refused.
        locale: of the reader.
    """
    data = callbacks.write(ACCEPT, -group_id, made_at, chat_id=user_id, user_id=user_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton(locale.gettext("✅ Confirm"), callback_data=data)]])


def channels_keyboard(
    callbacks: Callbacks, channels: Sequence[Chat], *, user_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """A button for each channel, and one for the private chat itself.

    Args:
        callbacks: signs the buttons.
        channels: those that the person has added the bot to.
        user_id: the person, whose private chat it is.
        locale: of the reader.
    """
    rows = [(f"📣 {clean(one.title, limit=_MAX_TITLE)}", -one.chat_id) for one in channels]
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(text, callback_data=callbacks.write(CHANNEL, number, chat_id=user_id))]
            for text, number in [*rows, (locale.gettext("👤 This private chat"), 0)]
        ]
    )
