"""The port onto people: who may use the bot, what is kept of them, and their tiers."""

from typing import Protocol

from storage.chats.bans import Ban
from storage.chats.people import PersonFile


class PeopleStore(Protocol):
    """Who may use the bot, and what is kept of them."""

    async def ban_of(self, user_id: int) -> Ban | None:
        """Why somebody may not use the bot; None: they may."""

    async def ban(self, user_id: int, reason: str, *, by: int) -> None:
        """Hear nothing of somebody any more, and tell them nothing."""

    async def unban(self, user_id: int) -> bool:
        """Let somebody in again; whether they were banned."""

    async def file(self, chat_id: int) -> PersonFile | None:
        """What is kept of a chat, in numbers."""

    async def set_tier(self, chat_id: int, tier: str) -> str | None:
        """Give a chat a tier; the one before, None: it is not known."""

    async def hourly_limit(self, chat_id: int) -> int | None:
        """Alerts an hour that the chat's tier allows; None: no limit."""

    async def forget(self, chat_id: int) -> None:
        """Delete all that is kept of a chat."""
