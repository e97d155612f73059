"""Chats of Telegram, where in a chat something was written, and what its people say is theirs."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWallet:
    """An address that the people of a chat say is theirs."""

    address: str
    read_at: datetime | None
    """When its tokens were read last; None: not yet."""
    tokens: int
    """Of which it holds something."""
    is_failing: bool = False
    """Whether they could not be read at the last check."""
