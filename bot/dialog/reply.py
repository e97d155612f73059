"""What a handler answers, as a value; `bot/dispatcher.py` carries it out."""

from dataclasses import dataclass

from telegram import ForceReply, InlineKeyboardMarkup

from domain.jobs import QuestionKind

Keyboard = InlineKeyboardMarkup | ForceReply


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowQuestion:
    """A question for a worker, who puts the answer in the place of the reply."""

    kind: QuestionKind
    subject: str
    """The address or mint that it is about."""


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
    """What the bot sends. An empty reply sends nothing."""

    text: str = ""
    """Telegram HTML; empty: no message."""
    keyboard: Keyboard | None = None
    in_place: bool = False
    """Edit the message whose button was pressed; without a text only its buttons."""
    note: str = ""
    """A few words over the pressed button; plain text, 200 characters at most."""
    reply_to: int = 0
    """The message that it is about; 0: none. In a group it replies to the request then."""
    question: SlowQuestion | None = None
    document: Document | None = None


NO_REPLY = Reply()
