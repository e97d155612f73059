"""Buttons for operators, each made for one of them. Pure."""

from collections.abc import Sequence
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.delivery.broadcasts import BroadcastState
from messaging.telegram.callbacks import Callbacks

RETRY = "retry"
"""Verb of a button that tries failed jobs or messages again: the key of their cause, or `all`."""
ALL = "all"
BROADCAST = "bcast"
"""Verb of a button of a broadcast: start, stop, cancel or show, and its number."""
ALERTS = "alerts"
"""Verb of a button below an alert to operators: taken or silent, and the moment it was announced."""
_MAX_BUTTONS = 10


def retry_keyboard(
    callbacks: Callbacks, causes: Sequence[tuple[str, int]], *, chat_id: int, user_id: int
) -> InlineKeyboardMarkup | None:
    """One button for each cause (its key and number), and one for all; None where nothing has failed.

    Args:
        callbacks: signs the buttons.
        causes: most frequent first; the first _MAX_BUTTONS get one each.
        chat_id: where it is shown.
        user_id: the operator, who alone may press.
    """
    buttons = [
        (f"♻️ Retry {position} (× {number:,})", key)
        for position, (key, number) in enumerate(causes[:_MAX_BUTTONS], 1)
    ]
    if len(causes) > 1:
        buttons.append(("♻️ Retry all", ALL))
    rows = [
        [
            InlineKeyboardButton(
                text, callback_data=callbacks.write(RETRY, key, chat_id=chat_id, user_id=user_id)
            )
        ]
        for text, key in buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def preview_keyboard(
    callbacks: Callbacks, number: int, chats: int, *, chat_id: int, user_id: int
) -> InlineKeyboardMarkup:
    """Send it to all, or not.

    Args:
        callbacks: signs the buttons.
        number: of the broadcast.
        chats: how many it would go to.
        chat_id: where it is shown.
        user_id: the operator, who alone may press.
    """
    choices = (("start", f"📣 Send to {chats:,}"), ("cancel", "Discard"))
    return _broadcast(callbacks, choices, number, chat_id, user_id)


def progress_keyboard(
    callbacks: Callbacks, number: int, state: BroadcastState, *, chat_id: int, user_id: int
) -> InlineKeyboardMarkup | None:
    """Check again, stop, continue; None: there is nothing left to do.

    Args:
        callbacks: signs the buttons.
        number: of the broadcast.
        state: which decides what can be done.
        chat_id: where it is shown.
        user_id: the operator, who alone may press.
    """
    if state is BroadcastState.DONE:
        return None
    action = ("stop", "⏹ Stop") if state is BroadcastState.RUNNING else ("start", "▶ Resume")
    return _broadcast(callbacks, (("show", "🔄 Refresh"), action), number, chat_id, user_id)


def _broadcast(
    callbacks: Callbacks, choices: Sequence[tuple[str, str]], number: int, chat_id: int, user_id: int
) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    text,
                    callback_data=callbacks.write(
                        BROADCAST, action, number, chat_id=chat_id, user_id=user_id
                    ),
                )
                for action, text in choices
            ]
        ]
    )


def alert_keyboard(
    callbacks: Callbacks, announced_at: datetime, *, chat_id: int, user_id: int
) -> InlineKeyboardMarkup:
    """Take the alerts on that were told at this moment, or silence them.

    Args:
        callbacks: signs the buttons.
        announced_at: in full seconds: the button carries no parts of them, and the rows are found by it.
        chat_id: where it is shown.
        user_id: the operator, who alone may press.
    """
    moment = int(announced_at.timestamp())
    choices = (("taken", "✋ Acknowledge"), ("silent", "🔇 Silence 1 h"))
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    text,
                    callback_data=callbacks.write(ALERTS, action, moment, chat_id=chat_id, user_id=user_id),
                )
                for action, text in choices
            ]
        ]
    )
