"""The buttons of what is followed: mute, unfollow, rename, turn pages. Pure."""

from collections.abc import Sequence
from datetime import datetime

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.addresses import short
from domain.rules.watches import MAX_LABEL, Watch
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean
from messaging.telegram.keyboards.alert import MUTE, MUTE_SECONDS
from messaging.telegram.texts.watches import PAGE

DROP = "drop"
"""Verb of a button that stops following: watch id."""
LIST = "list"
"""Verb of a button that shows a page of the list: page from 0."""
LIST_DROP = "ldrop"
"""The same within the list: watch id and page to show afterwards."""
LIST_MUTE = "lmute"
"""Verb of a button of the list that mutes: watch id, seconds (0: tell again), page."""
NAME = "name"
"""Verb of a button that asks for a name: watch id."""


def list_keyboard(
    callbacks: Callbacks, watches: Sequence[Watch], *, chat_id: int, page: int, now: datetime
) -> InlineKeyboardMarkup | None:
    """Mute and unfollow for each wallet of one page, and the way to other pages."""
    visible = watches[page * PAGE : (page + 1) * PAGE]
    rows = [_row(callbacks, watch, chat_id, page, now) for watch in visible]
    page_buttons = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(LIST, target, chat_id=chat_id))
        for sign, target in (("◀", page - 1), ("▶", page + 1))
        if 0 <= target * PAGE < len(watches)
    ]
    if page_buttons:
        rows.append(page_buttons)
    return InlineKeyboardMarkup(rows) if rows else None


def choice_keyboard(
    callbacks: Callbacks, watches: Sequence[Watch], verb: str, *, chat_id: int
) -> InlineKeyboardMarkup:
    """One button for each wallet, the newest ones where there are many; `verb` says what a tap does."""
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    _name(watch), callback_data=callbacks.write(verb, watch.watch_id, chat_id=chat_id)
                )
            ]
            for watch in watches[-PAGE * 4 :]
        ]
    )


def named_keyboard(callbacks: Callbacks, watch: Watch, *, chat_id: int) -> InlineKeyboardMarkup:
    """What can be done with a wallet that has just been followed: name it, unfollow it."""
    name = callbacks.write(NAME, watch.watch_id, chat_id=chat_id)
    drop = callbacks.write(DROP, watch.watch_id, chat_id=chat_id)
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("✏️ Name it", callback_data=name),
                InlineKeyboardButton("✖️ Unfollow", callback_data=drop),
            ]
        ]
    )


def mute_swapped(
    callbacks: Callbacks, keyboard: InlineKeyboardMarkup, watch: Watch, *, chat_id: int, muted: bool
) -> InlineKeyboardMarkup:
    """The keyboard of an alert with the other mute button in the place of the one that was tapped."""
    old = {callbacks.write(MUTE, watch.watch_id, seconds, chat_id=chat_id) for seconds in (0, MUTE_SECONDS)}
    new = InlineKeyboardButton(
        "🔔 Unmute" if muted else "🔕 Mute 1 h",
        callback_data=callbacks.write(MUTE, watch.watch_id, 0 if muted else MUTE_SECONDS, chat_id=chat_id),
    )
    return InlineKeyboardMarkup(
        [
            [new if button.callback_data in old else button for button in row]
            for row in keyboard.inline_keyboard
        ]
    )


def answer_field(placeholder: str) -> ForceReply:
    """Opens the reply field; in groups only replies to the bot reach it."""
    return ForceReply(selective=True, input_field_placeholder=placeholder)


def _row(
    callbacks: Callbacks, watch: Watch, chat_id: int, page: int, now: datetime
) -> list[InlineKeyboardButton]:
    silent = watch.muted_until is not None and watch.muted_until > now
    seconds = 0 if silent else MUTE_SECONDS
    mute = callbacks.write(LIST_MUTE, watch.watch_id, seconds, page, chat_id=chat_id)
    drop = callbacks.write(LIST_DROP, watch.watch_id, page, chat_id=chat_id)
    return [
        InlineKeyboardButton(f"{'🔔 Unmute' if silent else '🔕 Mute'} {_name(watch)}", callback_data=mute),
        InlineKeyboardButton("✖️ Unfollow", callback_data=drop),
    ]


def _name(watch: Watch) -> str:
    return clean(watch.label, limit=MAX_LABEL) or short(watch.wallet)
