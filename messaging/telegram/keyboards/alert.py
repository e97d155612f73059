"""The buttons under an alert: Scan, Copy mint, Mute 1 h; Why, Less like this. Pure."""

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Markup

SCAN = "scan"
"""Verb of a button that scans its argument, a mint or an address."""
MUTE = "mute"
"""Verb of a button that mutes: watch id and seconds; 0 seconds: no longer."""
MUTE_SECONDS = 3600
WHY = "why"
"""Verb of a button that answers why the message above it was sent."""
LESS = "less"
"""Verb of a button that offers fewer alerts like the message above it."""


def alert_keyboard(callbacks: Callbacks, *, chat_id: int, watch_id: int | None, mint: str | None) -> Markup:
    """The buttons of an alert for one chat.

    Args:
        callbacks: signs for the bot.
        chat_id: where the message stands.
        watch_id: the watch that asked for it; None: it is gone, and there is nothing to mute.
        mint: the token it is about; None: only SOL moved, and there is nothing to scan or copy.

    Returns:
        One or two rows, as Telegram reads them; what makes no sense is left out.
    """
    row: list[Markup] = []
    if mint is not None:
        row.append({"text": "🛡 Scan", "callback_data": callbacks.write(SCAN, mint, chat_id=chat_id)})
        row.append({"text": "📋 Copy mint", "copy_text": {"text": mint}})
    if watch_id is not None:
        mute = callbacks.write(MUTE, watch_id, MUTE_SECONDS, chat_id=chat_id)
        row.append({"text": "🔕 Mute 1 h", "callback_data": mute})
    about = [{"text": "❔ Why", "callback_data": callbacks.write(WHY, chat_id=chat_id)}]
    if watch_id is not None:
        about.append({"text": "🤏 Less like this", "callback_data": callbacks.write(LESS, chat_id=chat_id)})
    return {"inline_keyboard": [row, about] if row else [about]}
