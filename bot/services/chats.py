"""The chats that the bot may write to, in PostgreSQL."""

from dataclasses import dataclass

from domain.chats import ChatStanding, ChatTarget
from storage.chats import chats
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStore:
    """The chats, and whether the bot may write to them."""

    database: Database
    cached: CachedChats

    async def open(self, target: ChatTarget) -> None:
        """Let the bot write to the chat; old alerts do not come."""
        await chats.saw_chat(self.database, target)
        await chats.reopen_chat(self.database, target.chat_id)

    async def heard(self, chat_id: int) -> None:
        """Somebody wrote in the chat: a closed or held one is open again."""
        await chats.heard_from_chat(self.database, chat_id)

    async def standing(self, chat_id: int) -> ChatStanding | None:
        """Why nothing is sent to the chat; None: it is open."""
        return await chats.chat_standing(self.database, chat_id)

    async def close(self, chat_id: int, reason: str) -> None:
        """Send nothing more to the chat."""
        await chats.close_chat(self.database, chat_id, reason)

    async def migrate(self, *, old_id: int, new_id: int) -> None:
        """Move everything of a group to its new id."""
        async with self.cached.changing(old_id, new_id):
            await chats.migrate_chat(self.database, old_id=old_id, new_id=new_id)
