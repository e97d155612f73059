"""Texts of broadcasts, for operators: what would be sent, and how far it is. Pure."""

from domain.delivery.broadcasts import BroadcastProgress
from messaging.telegram.escaping import escape

MAX_CHARACTERS = 3_500
"""Of a broadcast; with the words around it the preview fits a message."""


def usage() -> str:
    """Return how to begin."""
    return "Write /broadcast and the text for all chats. Nothing is sent before you confirm."


def too_long() -> str:
    """The text does not fit."""
    return f"That text is too long. Up to {MAX_CHARACTERS:,} characters."


def body(words: str) -> str:
    """The text as it is sent, Telegram HTML."""
    return escape(words)


def preview(text: str, chats: int) -> str:
    """The text as it will stand, and to how many."""
    return f"<b>Preview, to {chats:,} chat{'' if chats == 1 else 's'}</b>\n\n{text}"


def cancelled() -> str:
    """It is not sent."""
    return "Not sent."


def progress(now: BroadcastProgress) -> str:
    """Return how far it has come."""
    waiting = now.total - now.sent - now.dead - now.ambiguous
    unsure = f" · unconfirmed {now.ambiguous:,}" if now.ambiguous else ""
    return (
        f"<b>Broadcast {now.broadcast_id}: {now.state.value}</b>\n"
        f"Sent {now.sent:,} of {now.total:,} · failed {now.dead:,}{unsure} · queued {waiting:,}"
    )


def no_such() -> str:
    """There is none."""
    return "There is no such broadcast."
