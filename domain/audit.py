"""The audit log: what operators did, and what was refused to others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditOutcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"
    """The person had no permission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody asked for in one update of Telegram."""

    update_id: int
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
