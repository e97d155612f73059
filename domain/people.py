"""What is kept of one person or group, in numbers: for operators."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """One chat, as an operator may see it."""

    chat_id: int
    kind: str
    title: str
    """As Telegram says it: hostile until escaped."""
    tier: str
    """Which limits hold for it: domain/rules/tiers.py."""
    created_at: datetime
    closed_reason: str | None
    closed_at: datetime | None
    watches: int
    updates_of_day: int
    last_update_at: datetime | None
    sent_of_day: int
    waiting: int
