"""Data that operators see about people: counts of a chat's data, and the audit log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """One chat, as an operator may see it."""

    chat_id: int
    kind: str
    title: str
    """As Telegram says it: hostile until escaped."""
    tier: str
    """Which limits hold for it: domain/rules/lanes.py."""
    created_at: datetime
    closed_reason: str | None
    closed_at: datetime | None
    watches: int
    updates_of_day: int
    last_update_at: datetime | None
    sent_of_day: int
    waiting: int


class AuditOutcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"
    """The person had no permission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody asked for in one update of Telegram, or over HTTP."""

    update_id: int | None = None
    """One update is one act; None: it was asked for over HTTP."""
    actor_id: int
    chat_id: int
    act: str
    """The command or button, with its first word."""
    outcome: AuditOutcome = AuditOutcome.DONE
    about: str = ""
    """Whom or what it concerned, once its handler knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act as it is kept."""

    actor_id: int
    chat_id: int
    act: str
    outcome: AuditOutcome
    about: str
    """Whom or what it concerned; empty: nothing in particular."""
    at: datetime
    actor_name: str = ""
    """What Telegram calls them, hostile; empty: not known."""
