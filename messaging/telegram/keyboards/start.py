"""The buttons of the first screen, and those under an address. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.addresses import short
from domain.rules.watches import MAX_LABEL
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import clean
from messaging.telegram.keyboards.alert import SCAN

FOLLOW = "follow"
"""Verb of a button that follows its argument, an address."""
BALANCE = "bal"
"""Verb of a button that reads the balance of its argument, an address."""


def examples_keyboard(
    callbacks: Callbacks, examples: Sequence[tuple[str, str]], *, chat_id: int
) -> InlineKeyboardMarkup | None:
    """A button for each example whale, given as name and address; None when there are none."""
    rows = [
        [_follow(callbacks, f"🐋 {_name(label, address)}", address, chat_id)] for label, address in examples
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def address_keyboard(
    callbacks: Callbacks, address: str, *, chat_id: int, is_wallet: bool
) -> InlineKeyboardMarkup:
    """What can be done with an address: Follow, Balance; Scan where it may be a token."""
    row = [
        _follow(callbacks, "🐋 Follow", address, chat_id),
        InlineKeyboardButton("💰 Balance", callback_data=callbacks.write(BALANCE, address, chat_id=chat_id)),
    ]
    if not is_wallet:
        scan = callbacks.write(SCAN, address, chat_id=chat_id)
        row.insert(1, InlineKeyboardButton("🛡 Scan", callback_data=scan))
    return InlineKeyboardMarkup([row])


def search_keyboard(callbacks: Callbacks, mint: str, *, chat_id: int) -> InlineKeyboardMarkup:
    """One button that scans a token."""
    data = callbacks.write(SCAN, mint, chat_id=chat_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton("🛡 Scan", callback_data=data)]])


def owner_keyboard(callbacks: Callbacks, owner: str, *, chat_id: int) -> InlineKeyboardMarkup:
    """One button that follows the owner of a token account."""
    return InlineKeyboardMarkup([[_follow(callbacks, f"🐋 Follow {short(owner)}", owner, chat_id)]])


def _follow(callbacks: Callbacks, text: str, address: str, chat_id: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=callbacks.write(FOLLOW, address, chat_id=chat_id))


def _name(label: str, address: str) -> str:
    return clean(label, limit=MAX_LABEL) or short(address)
