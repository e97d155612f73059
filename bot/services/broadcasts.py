"""The bot's port onto broadcasts in PostgreSQL."""

from dataclasses import dataclass

from storage.delivery import broadcasts
from storage.delivery.broadcasts import Progress
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasts:
    """Texts for all chats; the maintenance worker sends them."""

    database: Database

    async def draft(self, text: str, *, by: int) -> tuple[int, int]:
        """Keep a text; its number, and how many chats it would go to."""
        number = await broadcasts.draft(self.database, text, by=by)
        return number, await broadcasts.reachable(self.database)

    async def start(self, number: int) -> bool:
        """Begin, or go on; false if it runs or is done already."""
        return await broadcasts.start(self.database, number)

    async def stop(self, number: int) -> bool:
        """Send no more of it for now; whether it was running."""
        return await broadcasts.stop(self.database, number)

    async def progress(self, number: int | None = None) -> Progress | None:
        """How far one has come, or the latest that was begun."""
        return await broadcasts.progress(self.database, number)
