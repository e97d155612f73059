"""Buttons for operators, each made for one of them. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.callbacks import Callbacks

RETRY = "retry"
"""Verb of a button that tries failed jobs or messages again: the key of their cause, or `all`."""
ALL = "all"
_MOST = 10


def retry_keyboard(
    callbacks: Callbacks, causes: Sequence[tuple[str, int]], *, chat_id: int, user_id: int
) -> InlineKeyboardMarkup | None:
    """One button for each cause (its key and number), and one for all; None where nothing has failed."""
    buttons = [(f"{place}. × {number:,}", key) for place, (key, number) in enumerate(causes[:_MOST], 1)]
    if len(causes) > 1:
        buttons.append(("All of them", ALL))
    rows = [
        [
            InlineKeyboardButton(
                text, callback_data=callbacks.write(RETRY, key, chat_id=chat_id, user_id=user_id)
            )
        ]
        for text, key in buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None
