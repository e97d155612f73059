"""The audit log of operators' commands, in PostgreSQL."""

from dataclasses import dataclass

from domain.audit import Act, AuditEntry
from storage.admin import audit
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """What operators did, and what was refused to others."""

    database: Database

    async def note(self, act: Act) -> None:
        """Keep one act: when it is allowed or refused, and again with what its handler knows of it."""
        await audit.note_act(self.database, act)

    async def latest(self, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
        """The latest acts, of one person or of all."""
        return await audit.latest_acts(self.database, actor_id=actor_id, limit=limit)
