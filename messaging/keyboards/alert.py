"""The buttons under an alert: Scan, Copy mint, Mute 1 h. Pure."""

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from messaging.callbacks import Callbacks

SCAN = "scan"
"""Verb of a button that scans its argument, a mint or an address."""
MUTE = "mute"
"""Verb of a button that mutes: watch id and seconds; 0 seconds: tell again."""
MUTE_SECONDS = 3600


def alert_keyboard(
    callbacks: Callbacks, *, chat_id: int, watch_id: int | None, mint: str | None
) -> InlineKeyboardMarkup | None:
    """The buttons of an alert for one chat.

    Args:
        callbacks: signs for the bot.
        chat_id: where the message stands.
        watch_id: the watch that asked for it; None: it is gone, and there is nothing to mute.
        mint: the token it is about; None: only SOL moved, and there is nothing to scan or copy.

    Returns:
        One row; None when no button makes sense.
    """
    row: list[InlineKeyboardButton] = []
    if mint is not None:
        scan = callbacks.write(SCAN, mint, chat_id=chat_id)
        row.append(InlineKeyboardButton("🛡 Scan", callback_data=scan))
        row.append(InlineKeyboardButton("📋 Copy mint", copy_text=CopyTextButton(mint)))
    if watch_id is not None:
        mute = callbacks.write(MUTE, watch_id, MUTE_SECONDS, chat_id=chat_id)
        row.append(InlineKeyboardButton("🔕 Mute 1 h", callback_data=mute))
    return InlineKeyboardMarkup([row]) if row else None
