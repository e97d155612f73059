"""What operators see of broadcasts. Pure."""

from messaging.telegram.escaping import escape

MAX_CHARACTERS = 3_500
"""Of a broadcast; with the words around it the preview fits a message."""


def usage() -> str:
    """How to begin."""
    return "Write /broadcast and behind it the text for all chats. Nothing is sent before you confirm."


def too_long() -> str:
    """The text does not fit."""
    return f"That text is too long: up to {MAX_CHARACTERS:,} characters, please."


def body(words: str) -> str:
    """The text as it is sent, Telegram HTML."""
    return escape(words)


def preview(text: str, chats: int) -> str:
    """The text as it will stand, and to how many."""
    return f"<b>Preview, to {chats:,} chat{'' if chats == 1 else 's'}</b>\n\n{text}"


def cancelled() -> str:
    """It is not sent."""
    return "Not sent."


def progress(*, number: int, state: str, total: int, sent: int, dead: int, unknown: int) -> str:
    """How far it has come."""
    waiting = total - sent - dead - unknown
    unsure = f" · no answer {unknown:,}" if unknown else ""
    return (
        f"<b>Broadcast {number}: {state}</b>\n"
        f"Sent {sent:,} of {total:,} · could not be sent {dead:,}{unsure} · waiting {waiting:,}"
    )


def no_such() -> str:
    """There is none."""
    return "There is no such broadcast."
