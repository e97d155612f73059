"""The buttons by which admins hand on whose limits count in a group. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.chats import Chat
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean

TAKE_OVER = "ptake"
"""Verb of the button in private that takes over: the group without its sign, and when the button was made."""
GIVE_UP = "pend"
"""Verb of a button that gives a chat up: its id without sign."""
_MAX_TITLE = 20


def take_over_link(url: str, *, locale: Locale = ENGLISH) -> InlineKeyboardMarkup:
    """The button in the group; it leads into the private chat."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(locale.gettext("💳 Use my limits"), url=url)]])


def take_over_keyboard(
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
    data = callbacks.write(TAKE_OVER, -group_id, made_at, chat_id=user_id, user_id=user_id)
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(locale.gettext("💳 Use my limits"), callback_data=data)]]
    )


def paid_keyboard(
    callbacks: Callbacks, chats: Sequence[Chat], *, user_id: int
) -> InlineKeyboardMarkup | None:
    """A button for each chat that one pays for; None: there is none.

    Args:
        callbacks: signs the buttons.
        chats: groups and channels, with ids below 0.
        user_id: who pays, whose private chat it is.
    """
    rows = [
        [
            InlineKeyboardButton(
                f"✖️ {clean(one.title, limit=_MAX_TITLE)}",
                callback_data=callbacks.write(GIVE_UP, -one.chat_id, chat_id=user_id, user_id=user_id),
            )
        ]
        for one in chats
    ]
    return InlineKeyboardMarkup(rows) if rows else None
