"""A watch: one chat's following of one wallet."""

from dataclasses import dataclass
from datetime import datetime

MAX_WATCHES_PER_CHAT = 500
MAX_LABEL = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One chat's following of one wallet, with what it wants to hear."""

    watch_id: int
    chat_id: int
    topic_id: int
    """The forum topic to speak in; 0: none."""
    chain: str
    wallet: str
    label: str
    """What the people of the chat call the wallet; empty: no name given."""
    created_at: datetime
    muted_until: datetime | None = None
    """Nothing is told before this time; None: not muted."""
    chat_closed: bool = False
    """The chat cannot be written to at present."""
