"""The audit log of operators' commands, in PostgreSQL."""

from dataclasses import dataclass

from storage.admin import audit
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """What operators did, and what others tried."""

    database: Database

    async def note(self, act: str, outcome: str, *, actor_id: int, chat_id: int, about: str = "") -> None:
        """Keep one act: `outcome` is done or refused, `about` says whom or what it concerned."""
        await audit.note_act(
            self.database, actor_id=actor_id, chat_id=chat_id, act=act, outcome=outcome, about=about
        )

    async def latest(self, *, actor_id: int | None, limit: int) -> list[audit.Act]:
        """The latest acts, of one person or of all."""
        return await audit.latest_acts(self.database, actor_id=actor_id, limit=limit)
