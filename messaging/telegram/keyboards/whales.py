"""The buttons under a scan session and under the list of whales. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.whale_search import Whale, WhaleSearch, WhaleSearchStatus
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.watches import FOLLOW
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
    callbacks: Callbacks, whales: Sequence[Whale], *, chat_id: int, page: int, total: int
) -> InlineKeyboardMarkup:
    """One button to follow each whale of the page, and the way to other pages."""
    rows = [
        [
            InlineKeyboardButton(
                follow_label(whale), callback_data=callbacks.write(FOLLOW, whale.address, chat_id=chat_id)
            )
        ]
        for whale in whales
    ]
    page_buttons = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(WHALES, target, chat_id=chat_id))
        for sign, target in (("◀", page - 1), ("▶", page + 1))
        if 0 <= target * PAGE < total
    ]
    return InlineKeyboardMarkup([*rows, page_buttons] if page_buttons else rows)
