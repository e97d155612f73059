"""People, their tiers and bans, in PostgreSQL."""

from dataclasses import dataclass, field

from bot.services.chats import ChatStore
from domain.people import PersonFile
from domain.rules.tiers import FREE, HourlyLimits, hourly_limit_of
from runtime import clock
from storage.chats import bans, people
from storage.chats.bans import Ban
from storage.chats.chats import reopen_chat
from storage.postgres import Database

FRESH_SECONDS = 5.0
"""The maximum age of the list of bans, which another instance may have changed."""
BANNED = "banned"


@dataclass(slots=True, kw_only=True)
class PeopleStore:
    """The people who use the bot, and what is kept of them."""

    database: Database
    chats: ChatStore
    hourly_limits: HourlyLimits
    _known: dict[int, Ban] = field(default_factory=dict)
    _until: float = 0.0

    async def ban_of(self, user_id: int) -> Ban | None:
        """The ban of a person; None: they may use the bot."""
        if clock.monotonic() >= self._until:
            self._known = await bans.bans(self.database)
            self._until = clock.monotonic() + FRESH_SECONDS
        return self._known.get(user_id)

    async def ban(self, user_id: int, reason: str, *, by: int) -> None:
        """Handle no more updates of a person, and send them no alerts.

        Args:
            user_id: the person.
            reason: what they read.
            by: the operator.
        """
        await bans.ban(self.database, user_id=user_id, reason=reason, by=by)
        await self.chats.close(user_id, BANNED)
        self._until = 0.0

    async def unban(self, user_id: int) -> bool:
        """Lift a ban; whether there was one."""
        was_banned = await bans.unban(self.database, user_id)
        if was_banned:
            await reopen_chat(self.database, user_id)
        self._until = 0.0
        return was_banned

    async def file(self, chat_id: int) -> PersonFile | None:
        """What is kept of a chat, in numbers; None: the chat is unknown."""
        return await people.person_file(self.database, chat_id)

    async def set_tier(self, chat_id: int, tier: str) -> str | None:
        """Give a chat a tier; answers the tier before, None: the chat is unknown."""
        return await people.set_tier(self.database, chat_id, tier)

    async def hourly_limit(self, chat_id: int) -> int | None:
        """Alerts an hour that the chat's tier allows; None: no limit."""
        return hourly_limit_of(self.hourly_limits, await people.tier_of(self.database, chat_id) or FREE)

    async def forget(self, chat_id: int) -> None:
        """Delete everything that is kept of a chat."""
        async with self.chats.cached.changing(chat_id):
            await people.forget_chat(self.database, chat_id)
