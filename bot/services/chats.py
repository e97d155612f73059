"""The chats that the bot may write to, in PostgreSQL."""

from dataclasses import dataclass

from domain.chats import ChatTarget
from storage.chats import chats
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStore:
    """Which chats there are."""

    database: Database

    async def open(self, target: ChatTarget) -> None:
        """The chat may be written to; nothing old is sent."""
        await chats.saw_chat(self.database, target)
        await chats.reopen_chat(self.database, target.chat_id)

    async def close(self, chat_id: int, reason: str) -> None:
        """Nothing is sent there any more."""
        await chats.close_chat(self.database, chat_id, reason)

    async def migrate(self, *, old_id: int, new_id: int) -> None:
        """The group has a new id."""
        await chats.migrate_chat(self.database, old_id=old_id, new_id=new_id)
