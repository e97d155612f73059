"""The buttons under what is followed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.addresses import BALANCE, button_name
from messaging.telegram.keyboards.alert import MUTE, MUTE_SECONDS, mute_words
from messaging.telegram.texts.watches import PAGE

DROP = "drop"
"""Verb of a button that stops following: watch id."""
LIST = "list"
"""Verb of a button that shows a page of the list: page from 0."""
LIST_DROP = "ldrop"
"""The same within the list: watch id and page to show afterwards."""
LIST_MUTE = "lmute"
"""Verb of a button of the list that mutes: watch id, seconds (0: tell again), page."""
LIST_UNDO = "lundo"
"""Verb of a button of the list that follows the last one again: the key of what was before, and the page."""
NAME = "name"
"""Verb of a button that asks for a name: watch id."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list of all wallets, or of those that bear a tag."""

    number: int
    """From 0."""
    tag: str = ""
    """Empty: all wallets."""

    def signs(self, number: int) -> tuple[int | str, ...]:
        """As buttons carry another page of the same list."""
        return (number, self.tag) if self.tag else (number,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """A wallet that was taken out of the list just now."""

    watch: Watch
    row: int
    """Where it stood on its page."""
    key: str
    """Of the button that takes it back; empty: there can be none."""


def list_keyboard(  # noqa: PLR0913 - each says something of its own
    callbacks: Callbacks,
    watches: Sequence[Watch],
    *,
    chat_id: int,
    page: ListPage,
    now: datetime,
    dropped: Unfollowed | None = None,
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup | None:
    """Mute and unfollow for each wallet of one page, and the way to other pages.

    Args:
        callbacks: signs for the bot.
        watches: all that is followed.
        chat_id: where the message stands.
        page: the one that is shown.
        now: decides who is muted.
        dropped: unfollowed just now: the button that follows it again keeps its row, so that no other
            wallet moves under the finger.
        locale: of who reads it.
    """
    begin, number = page.number * PAGE, page.number
    rows = [
        _row(callbacks, watch, chat_id, page, now, locale=locale) for watch in watches[begin : begin + PAGE]
    ]
    if dropped is not None and dropped.key:
        again = callbacks.write(LIST_UNDO, dropped.key, *page.signs(number), chat_id=chat_id)
        text = locale.gettext("↩️ Follow {wallet} again", wallet=button_name(dropped.watch))
        rows.insert(max(0, dropped.row), [InlineKeyboardButton(text, callback_data=again)])
    page_buttons = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(LIST, *page.signs(target), chat_id=chat_id))
        for sign, target in (("◀", number - 1), ("▶", number + 1))
        if 0 <= target * PAGE < len(watches)
    ]
    if page_buttons:
        rows.append(page_buttons)
    return InlineKeyboardMarkup(rows) if rows else None


def named_keyboard(
    callbacks: Callbacks, watch: Watch, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Return what can be done with a wallet that has just been followed: rename it, unfollow it.

    Args:
        callbacks: signs the buttons.
        watch: as it is stored, with its number.
        chat_id: where it is shown.
        locale: of the reader.
    """
    name = callbacks.write(NAME, watch.watch_id, chat_id=chat_id)
    drop = callbacks.write(DROP, watch.watch_id, chat_id=chat_id)
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(locale.gettext("✏️ Rename"), callback_data=name),
                InlineKeyboardButton(locale.gettext("✖️ Unfollow"), callback_data=drop),
            ]
        ]
    )


def followed_keyboard(
    callbacks: Callbacks, watch: Watch, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Return what can be done with a wallet that is followed: read its balance, rename it, unfollow it.

    Args:
        callbacks: signs the buttons.
        watch: as it is stored, with its number.
        chat_id: where it is shown.
        locale: of the reader.
    """
    balance = callbacks.write(BALANCE, watch.wallet, chat_id=chat_id)
    (row,) = named_keyboard(callbacks, watch, chat_id=chat_id, locale=locale).inline_keyboard
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(locale.gettext("💰 Balance"), callback_data=balance), *row]]
    )


def mute_swapped(
    callbacks: Callbacks,
    keyboard: InlineKeyboardMarkup,
    watch: Watch,
    *,
    chat_id: int,
    muted: bool,
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup:
    """The keyboard of an alert with the other mute button in place of the one that was tapped.

    Args:
        callbacks: must have signed the keyboard.
        keyboard: as Telegram returns it with the pressed button; it is copied.
        watch: whose alert it is.
        chat_id: where it is shown.
        muted: what the wallet is now.
        locale: of the reader.
    """
    old = {callbacks.write(MUTE, watch.watch_id, seconds, chat_id=chat_id) for seconds in (0, MUTE_SECONDS)}
    new = InlineKeyboardButton(
        locale.gettext("🔔 Unmute") if muted else mute_words(watch.label, locale=locale),
        callback_data=callbacks.write(MUTE, watch.watch_id, 0 if muted else MUTE_SECONDS, chat_id=chat_id),
    )
    return InlineKeyboardMarkup(
        [
            [new if button.callback_data in old else button for button in row]
            for row in keyboard.inline_keyboard
        ]
    )


def answer_field(placeholder: str, *, selective: bool = True) -> ForceReply:
    """Opens the reply field; in groups only replies to the bot reach it.

    Args:
        placeholder: what the empty field shows.
        selective: for the person alone whom the message replies to; a message that replies to nobody opens
            the field of all.
    """
    return ForceReply(selective=selective, input_field_placeholder=placeholder)


def _row(
    callbacks: Callbacks,
    watch: Watch,
    chat_id: int,
    page: ListPage,
    now: datetime,
    *,
    locale: Locale = ENGLISH,
) -> list[InlineKeyboardButton]:
    silent = watch.muted_until is not None and watch.muted_until > now
    seconds = 0 if silent else MUTE_SECONDS
    signs = page.signs(page.number)
    mute = callbacks.write(LIST_MUTE, watch.watch_id, seconds, *signs, chat_id=chat_id)
    drop = callbacks.write(LIST_DROP, watch.watch_id, *signs, chat_id=chat_id)
    name = button_name(watch)
    if silent:
        change = locale.gettext("🔔 Unmute {wallet}", wallet=name)
    else:
        change = locale.gettext("🔕 Mute {wallet} 1 h", wallet=name)
    return [
        InlineKeyboardButton(change, callback_data=mute),
        InlineKeyboardButton(locale.gettext("✖️ Unfollow {wallet}", wallet=name), callback_data=drop),
    ]
