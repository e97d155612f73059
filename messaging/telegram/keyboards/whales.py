"""The buttons under a whale search and under the list of whales. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Watch
from domain.whale_search import WhalePage, WhaleSearch, WhaleSearchStatus
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.addresses import follow_button
from messaging.telegram.texts.whales import PAGE, follow_label

SCANNER = "scanner"
"""Verb of a button for operators: status, stop, restart or csv; finds, page and file of one search."""
WHALES = "whales"
"""Verb of a button that shows a page of the list of whales: page from 0."""


def search_keyboard(callbacks: Callbacks, search: WhaleSearch, *, chat_id: int) -> InlineKeyboardMarkup:
    """Refresh, stop while it runs, continue after that, and the file; below, what it found itself.

    Args:
        callbacks: signs the buttons.
        search: whose status decides what can be done.
        chat_id: where it is shown.
    """
    is_running = search.status is WhaleSearchStatus.RUNNING
    other = ("⏹ Stop", "stop") if is_running else ("▶ Go on", "restart")
    row = [
        InlineKeyboardButton(text, callback_data=callbacks.write(SCANNER, act, chat_id=chat_id))
        for text, act in (("🔄 Refresh", "status"), other, ("📄 CSV", "csv"))
    ]
    finds = callbacks.write(SCANNER, "finds", search.search_id, chat_id=chat_id)
    return InlineKeyboardMarkup([row, [InlineKeyboardButton("🐋 Its finds", callback_data=finds)]])


def whales_keyboard(
    callbacks: Callbacks,
    page: WhalePage,
    *,
    chat_id: int,
    watches: Sequence[Watch] = (),
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup:
    """One button to follow each whale of the page, ticked if it is followed; and the way to other pages.

    What one search found can be sent as a file.

    Args:
        callbacks: signs the buttons.
        page: of one search, or of all.
        chat_id: where it is shown.
        watches: of the chat; a whale among them is ticked.
        locale: of the reader.
    """
    rows = [
        [
            follow_button(
                callbacks, follow_label(whale, locale=locale), whale.address, chat_id=chat_id, watches=watches
            )
        ]
        for whale in page.whales
    ]
    shown_by = (WHALES,) if page.search_id is None else (SCANNER, "page", page.search_id)
    page_buttons = [
        InlineKeyboardButton(
            sign, callback_data=callbacks.write(*map(str, (*shown_by, target)), chat_id=chat_id)
        )
        for sign, target in (("◀", page.number - 1), ("▶", page.number + 1))
        if 0 <= target * PAGE < page.total
    ]
    if page.search_id is not None:
        file = callbacks.write(SCANNER, "file", page.search_id, chat_id=chat_id)
        page_buttons.append(InlineKeyboardButton("📄 CSV", callback_data=file))
    return InlineKeyboardMarkup([*rows, page_buttons] if page_buttons else rows)
