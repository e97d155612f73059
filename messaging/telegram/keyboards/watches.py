"""The buttons under what is followed, under an address, and on the first screen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL, Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean
from messaging.telegram.keyboards.alert import MUTE, MUTE_SECONDS, SCAN
from messaging.telegram.texts.watches import PAGE

FOLLOW = "follow"
"""Verb of a button that follows its argument, an address."""
BALANCE = "bal"
"""Verb of a button that reads the balance of its argument, an address."""
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


def examples_keyboard(
    callbacks: Callbacks, examples: Sequence[tuple[str, str]], *, chat_id: int, watches: Sequence[Watch] = ()
) -> InlineKeyboardMarkup | None:
    """A button for each example whale, given as name and address; None when there are none."""
    rows = [
        [follow_button(callbacks, f"🐋 {_name(label, address)}", address, chat_id=chat_id, watches=watches)]
        for label, address in examples
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def follow_button(
    callbacks: Callbacks, text: str, address: str, *, chat_id: int, watches: Sequence[Watch] = ()
) -> InlineKeyboardButton:
    """Follows an address; ticked and called by its name if it is among `watches`."""
    followed = next((one for one in watches if one.wallet == address), None)
    name = text if followed is None else f"✅ {button_name(distinguish(watches, followed))}"
    return InlineKeyboardButton(name, callback_data=callbacks.write(FOLLOW, address, chat_id=chat_id))


def follow_ticked(
    callbacks: Callbacks,
    keyboard: InlineKeyboardMarkup,
    address: str,
    *,
    chat_id: int,
    watches: Sequence[Watch],
) -> InlineKeyboardMarkup:
    """A keyboard in which the button that follows an address is ticked, as it is among `watches`."""
    ticked = follow_button(callbacks, "", address, chat_id=chat_id, watches=watches)
    return InlineKeyboardMarkup(
        [
            [ticked if button.callback_data == ticked.callback_data else button for button in row]
            for row in keyboard.inline_keyboard
        ]
    )


def address_keyboard(
    callbacks: Callbacks, address: str, *, chat_id: int, is_wallet: bool, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """What can be done with an address: Follow, Balance; Scan where it may be a token."""
    row = [
        follow_button(callbacks, locale.gettext("🐋 Follow"), address, chat_id=chat_id),
        InlineKeyboardButton(
            locale.gettext("💰 Balance"), callback_data=callbacks.write(BALANCE, address, chat_id=chat_id)
        ),
    ]
    if not is_wallet:
        scan = callbacks.write(SCAN, address, chat_id=chat_id)
        row.insert(1, InlineKeyboardButton(locale.gettext("🛡 Scan"), callback_data=scan))
    return InlineKeyboardMarkup([row])


def search_keyboard(
    callbacks: Callbacks, mint: str, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """One button that scans a token."""
    data = callbacks.write(SCAN, mint, chat_id=chat_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton(locale.gettext("🛡 Scan"), callback_data=data)]])


def owner_keyboard(
    callbacks: Callbacks, owner: str, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """One button that follows the owner of a token account."""
    return InlineKeyboardMarkup(
        [
            [
                follow_button(
                    callbacks,
                    locale.gettext("🐋 Follow {wallet}", wallet=short(owner)),
                    owner,
                    chat_id=chat_id,
                )
            ]
        ]
    )


def _name(label: str, address: str) -> str:
    return clean(label, limit=MAX_LABEL) or short(address)


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
    """What can be done with a wallet that has just been followed: rename it, unfollow it."""
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
    """What can be done with a wallet that is followed: read its balance, rename it, unfollow it."""
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
    """The keyboard of an alert with the other mute button in the place of the one that was tapped."""
    old = {callbacks.write(MUTE, watch.watch_id, seconds, chat_id=chat_id) for seconds in (0, MUTE_SECONDS)}
    new = InlineKeyboardButton(
        locale.gettext("🔔 Unmute") if muted else locale.gettext("🔕 Mute 1 h"),
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


def button_name(watch: Watch) -> str:
    """What a button calls a wallet."""
    return clean(watch.label, limit=MAX_LABEL) or short(watch.wallet)


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
