"""Membership of people in groups, from Telegram, cached for half a minute."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.access import Standing
from storage.cache import Cache, CacheSpec, always
from storage.keys import CacheName

STANDINGS = CacheSpec(name=CacheName.MEMBERS, type_=Standing, seconds=always(30))
"""By the ids of group and person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembers:
    """Asks Telegram, behind a cache."""

    ask: Callable[[int, int], Awaitable[Standing]]
    """By the ids of chat and person; raises Unavailable."""
    cache: Cache[Standing]

    async def standing(self, chat_id: int, user_id: int) -> Standing:
        """Return what this person is in the group, as of half a minute ago at most.

        Raises:
            Unavailable: Telegram did not say.
        """

        async def look_up() -> Standing:
            return await self.ask(chat_id, user_id)

        return await self.cache.get_or_load(f"{chat_id}:{user_id}", look_up)

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Return whether this person is an admin of the group.

        Raises:
            Unavailable: Telegram did not say.
        """
        return await self.standing(chat_id, user_id) is Standing.ADMIN
