"""The buttons under an address, and on the first screen: Follow, Balance, Scan. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL, Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean
from messaging.telegram.keyboards.alert import SCAN

FOLLOW = "follow"
"""Verb of a button that follows its argument, an address."""

BALANCE = "bal"
"""Verb of a button that reads the balance of its argument, an address."""


def button_name(watch: Watch) -> str:
    """Return what a button calls a wallet."""
    return clean(watch.label, limit=MAX_LABEL) or short(watch.wallet)


def examples_keyboard(
    callbacks: Callbacks, examples: Sequence[tuple[str, str]], *, chat_id: int, watches: Sequence[Watch] = ()
) -> InlineKeyboardMarkup | None:
    """A button for each example whale, given as name and address; None when there are none.

    Args:
        callbacks: signs the buttons.
        examples: name and address; a name may be empty.
        chat_id: where it is shown.
        watches: of the chat; an example among them is ticked.
    """
    rows = [
        [follow_button(callbacks, f"🐋 {_name(label, address)}", address, chat_id=chat_id, watches=watches)]
        for label, address in examples
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def follow_button(
    callbacks: Callbacks, text: str, address: str, *, chat_id: int, watches: Sequence[Watch] = ()
) -> InlineKeyboardButton:
    """Follows an address; ticked and called by its name if it is among `watches`.

    Args:
        callbacks: signs the button.
        text: plain; in its place stands the wallet's name if it is followed.
        address: base58, a wallet's.
        chat_id: where it is shown.
        watches: of the chat.
    """
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
    """A keyboard in which the button that follows an address is ticked, as it is among `watches`.

    Args:
        callbacks: must have signed the keyboard.
        keyboard: as Telegram returns it with the pressed button; it is copied.
        address: the wallet that is followed now.
        chat_id: where it is shown.
        watches: of the chat, the new one among them.
    """
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
    """Return what can be done with an address: Follow, Balance; Scan where it may be a token.

    Args:
        callbacks: signs the buttons.
        address: base58.
        chat_id: where it is shown.
        is_wallet: False: it may be a mint as well.
        locale: of the reader.
    """
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
    """One button that scans a token.

    Args:
        callbacks: signs the button.
        mint: the token.
        chat_id: where it is shown.
        locale: of the reader.
    """
    data = callbacks.write(SCAN, mint, chat_id=chat_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton(locale.gettext("🛡 Scan"), callback_data=data)]])


def owner_keyboard(
    callbacks: Callbacks, owner: str, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """One button that follows the owner of a token account.

    Args:
        callbacks: signs the button.
        owner: the wallet that the token account belongs to.
        chat_id: where it is shown.
        locale: of the reader.
    """
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
