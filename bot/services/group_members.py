"""Who is an admin of a group: Telegram says it when somebody acts; a cache keeps it for half a minute."""

import logging
from dataclasses import dataclass

from telegram import Bot, ChatMember
from telegram.error import BadRequest, Forbidden, TelegramError

from domain.errors import Unavailable
from storage.cache import Cache, CacheSpec, always
from storage.keys import CacheName

log = logging.getLogger(__name__)

GROUP_ADMINS = CacheSpec(name=CacheName.GROUP_ADMINS, type_=bool, seconds=always(30))
"""Whether a person is an admin of a group, by both ids."""
_ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembers:
    """Asks Telegram, behind a cache."""

    bot: Bot
    cache: Cache[bool]

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Whether this person is an admin of the group, as of half a minute ago at most.

        Raises:
            Unavailable: Telegram did not say.
        """

        async def look_up() -> bool:
            return await self._ask(chat_id, user_id)

        return await self.cache.get_or_load(f"{chat_id}:{user_id}", look_up)

    async def _ask(self, chat_id: int, user_id: int) -> bool:
        try:
            member = await self.bot.get_chat_member(chat_id, user_id)
        except (BadRequest, Forbidden) as error:
            log.info("A member of chat %d is not known: %s", chat_id, error)
            return False
        except TelegramError as error:
            raise Unavailable(f"Telegram does not say who is an admin: {type(error).__name__}") from error
        return member.status in _ADMINS
