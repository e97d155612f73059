"""Chats of Telegram, and where in a chat something was written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChatKind(StrEnum):
    """What a chat is, in Telegram's words."""

    PRIVATE = "private"
    """One person and the bot."""
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat and what Telegram says of it."""

    chat_id: int
    kind: ChatKind
    title: str = ""
    """The person's or the group's name: hostile until escaped."""

    @property
    def is_private(self) -> bool:
        """Whether only one person is here."""
        return self.kind is ChatKind.PRIVATE


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTarget(Chat):
    """Where somebody wrote, and where the reply goes."""

    topic_id: int = 0
    """The forum topic; 0: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStanding:
    """Why nothing is sent to a chat."""

    reason: str
    """In Telegram's words."""
    since: datetime
    next_try_at: datetime | None = None
    """When a held chat is tried again; None: it is closed until somebody writes there."""
