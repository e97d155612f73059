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
class AuditEntry:
    """One act."""

    actor_id: int
    chat_id: int
    act: str
    outcome: AuditOutcome
    about: str
    """Whom or what it concerned; empty: nothing in particular."""
    at: datetime
