"""The audit log of operators' commands, in PostgreSQL."""

from dataclasses import dataclass

from domain.audit import AuditEntry, AuditOutcome
from storage.admin import audit
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """What operators did, and what was refused to others."""

    database: Database

    async def note(
        self, act: str, outcome: AuditOutcome, *, actor_id: int, chat_id: int, about: str = ""
    ) -> None:
        """Keep one act.

        Args:
            act: the command or button, with its first word.
            outcome: whether it was done.
            actor_id: the person who asked.
            chat_id: where they asked.
            about: whom or what it concerned.
        """
        await audit.note_act(
            self.database, actor_id=actor_id, chat_id=chat_id, act=act, outcome=outcome, about=about
        )

    async def latest(self, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
        """The latest acts, of one person or of all."""
        return await audit.latest_acts(self.database, actor_id=actor_id, limit=limit)
