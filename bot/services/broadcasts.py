"""Broadcasts in PostgreSQL; senders send them after everything else."""

from dataclasses import dataclass

from domain.delivery.broadcasts import BroadcastProgress
from storage.delivery import broadcasts
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasts:
    """Texts for all chats."""

    database: Database

    async def draft(self, text: str, *, by: int) -> tuple[int, int]:
        """Store a text; its number, and how many chats it would go to."""
        number = await broadcasts.draft(self.database, text, by=by)
        return number, await broadcasts.reachable(self.database)

    async def start(self, number: int) -> bool:
        """Start a broadcast, or go on; false if it is running or done."""
        return await broadcasts.start(self.database, number)

    async def stop(self, number: int) -> bool:
        """Send no more of it for now; whether it was running."""
        return await broadcasts.stop(self.database, number)

    async def progress(self, number: int | None = None) -> BroadcastProgress | None:
        """How far a broadcast has come, or the latest one that was started."""
        return await broadcasts.progress(self.database, number)
