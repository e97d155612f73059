"""The summary of an outage that has ended. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageSummary:
    """An outage, and what it meant for one chat."""

    outage_id: int = 0
    began_at: datetime
    ended_at: datetime
    gaps: int
    blocks: int
    """Read afterwards; 0: the source reads none."""
    unread: int = 0
    """Slots whose blocks no node gave any more."""
    events: int
    """Of the chat's wallets, that happened while it was not read."""
