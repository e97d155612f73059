"""People and chats in PostgreSQL: tiers, bans, and whether the bot may write to them."""

from dataclasses import dataclass, field

from domain.chats import ChatStanding, ChatTarget
from domain.people import PersonFile
from domain.rules.lanes import FREE, HourlyLimits, WatchLimits, hourly_limit_of, watch_limit_of
from runtime import clock
from storage.chats import chats, people
from storage.chats.cached_chats import CachedChats
from storage.chats.chats import reopen_chat
from storage.chats.people import Ban
from storage.postgres import Database

FRESH_SECONDS = 5.0
"""The maximum age of the list of bans, which another instance may have changed."""
BANNED = "banned"


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


@dataclass(slots=True, kw_only=True)
class PeopleStore:
    """The people who use the bot, and what is kept of them."""

    database: Database
    chats: ChatStore
    hourly_limits: HourlyLimits
    watch_limits: WatchLimits
    _known: dict[int, Ban] = field(default_factory=dict)
    _until: float = 0.0

    async def ban_of(self, user_id: int) -> Ban | None:
        """The ban of a person; None: they may use the bot."""
        if clock.monotonic() >= self._until:
            self._known = await people.bans(self.database)
            self._until = clock.monotonic() + FRESH_SECONDS
        return self._known.get(user_id)

    async def ban(self, user_id: int, reason: str, *, by: int) -> None:
        """Handle no more updates of a person, and send them no alerts.

        Args:
            user_id: the person.
            reason: what they read.
            by: the operator.
        """
        await people.ban(self.database, user_id=user_id, reason=reason, by=by)
        await self.chats.close(user_id, BANNED)
        self._until = 0.0

    async def unban(self, user_id: int) -> bool:
        """Lift a ban; whether there was one."""
        was_banned = await people.unban(self.database, user_id)
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

    async def watch_limit(self, chat_id: int) -> int:
        """Wallets that the chat's tier lets it follow."""
        return watch_limit_of(self.watch_limits, await people.tier_of(self.database, chat_id) or FREE)

    async def forget(self, chat_id: int) -> None:
        """Delete everything that is kept of a chat."""
        async with self.chats.cached.changing(chat_id):
            await people.forget_chat(self.database, chat_id)
