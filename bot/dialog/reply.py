"""What a handler answers, as a value; `dispatcher.py` carries it out."""

from dataclasses import dataclass

from telegram import ForceReply, InlineKeyboardMarkup

from domain.jobs import Queue

Keyboard = InlineKeyboardMarkup | ForceReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A slow question that goes with the reply; a worker puts the answer in the reply's place."""

    queue: Queue
    subject: str
    """The address or mint asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that goes with the reply."""

    name: str
    content: bytes
    """Not empty."""
    caption: str = ""
    """Plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is to be said. An empty reply says nothing."""

    text: str = ""
    """Telegram HTML; empty: no message."""
    keyboard: Keyboard | None = None
    in_place: bool = False
    """Put it into the message that was tapped; without a text only the buttons."""
    note: str = ""
    """A few words over the tapped button; plain text, 200 characters at most."""
    ask: Ask | None = None
    document: Document | None = None


SILENCE = Reply()
