"""Broadcasts: an operator's text for all chats, and how far it has come. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class BroadcastState(StrEnum):
    """The state of a broadcast."""

    DRAFT = "draft"
    """An operator sees its preview; nothing is sent."""
    RUNNING = "running"
    STOPPED = "stopped"
    """An operator stopped it, and may continue."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastProgress:
    """How far a broadcast has come."""

    broadcast_id: int
    state: BroadcastState
    text: str
    """Telegram HTML."""
    total: int
    """Chats that it goes to."""
    sent: int
    dead: int
    ambiguous: int
    """Messages of which Telegram's answer did not come."""
