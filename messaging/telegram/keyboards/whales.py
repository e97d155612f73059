"""The buttons under a scan session and under the list of whales. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Watch
from domain.whale_search import Whale, WhaleSearch, WhaleSearchStatus
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.watches import follow_button
from messaging.telegram.texts.whales import PAGE, follow_label

SCANNER = "scanner"
"""Verb of a button for operators: status, stop or csv."""
WHALES = "whales"
"""Verb of a button that shows a page of the list of whales: page from 0."""


def search_keyboard(callbacks: Callbacks, search: WhaleSearch, *, chat_id: int) -> InlineKeyboardMarkup:
    """Refresh, stop while it runs, and the file."""
    wanted = [("🔄 Refresh", "status"), ("📄 CSV", "csv")]
    if search.status is WhaleSearchStatus.RUNNING:
        wanted.insert(1, ("⏹ Stop", "stop"))
    row = [
        InlineKeyboardButton(text, callback_data=callbacks.write(SCANNER, act, chat_id=chat_id))
        for text, act in wanted
    ]
    return InlineKeyboardMarkup([row])


def whales_keyboard(
    callbacks: Callbacks,
    whales: Sequence[Whale],
    *,
    chat_id: int,
    page: int,
    total: int,
    watches: Sequence[Watch] = (),
) -> InlineKeyboardMarkup:
    """One button to follow each whale of the page, ticked if it is followed; and the way to other pages."""
    rows = [
        [follow_button(callbacks, follow_label(whale), whale.address, chat_id=chat_id, watches=watches)]
        for whale in whales
    ]
    page_buttons = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(WHALES, target, chat_id=chat_id))
        for sign, target in (("◀", page - 1), ("▶", page + 1))
        if 0 <= target * PAGE < total
    ]
    return InlineKeyboardMarkup([*rows, page_buttons] if page_buttons else rows)
