"""What a person is in a group, as Telegram says now."""

import logging

from telegram import Bot, ChatMember, ChatMemberRestricted
from telegram.error import BadRequest, Forbidden, TelegramError

from domain.access import Standing
from domain.errors import Unavailable

log = logging.getLogger(__name__)
_STANDINGS = {
    ChatMember.OWNER: Standing.ADMIN,
    ChatMember.ADMINISTRATOR: Standing.ADMIN,
    ChatMember.MEMBER: Standing.MEMBER,
}


async def standing_of(bot: Bot, chat_id: int, user_id: int) -> Standing:
    """Return what the person is in the chat; NONE also where Telegram does not know one of them.

    Args:
        bot: asks Telegram each time; whoever calls it often keeps the answer.
        chat_id: a group or channel.
        user_id: the person.

    Raises:
        Unavailable: Telegram did not say.
    """
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (BadRequest, Forbidden) as error:
        log.info("A member of chat %d is not known: %s", chat_id, error)
        return Standing.NONE
    except TelegramError as error:
        raise Unavailable(f"Telegram does not say who is in a group: {type(error).__name__}") from error
    if isinstance(member, ChatMemberRestricted) and member.is_member:
        return Standing.MEMBER
    return _STANDINGS.get(member.status, Standing.NONE)


async def anonymous_admins(bot: Bot, chat_id: int) -> frozenset[int]:
    """The admins of a group who write in its own name.

    Raises:
        Unavailable: Telegram did not say.
    """
    try:
        admins = await bot.get_chat_administrators(chat_id)
    except (BadRequest, Forbidden) as error:
        log.info("The admins of chat %d are not known: %s", chat_id, error)
        return frozenset()
    except TelegramError as error:
        raise Unavailable(f"Telegram does not say who is in a group: {type(error).__name__}") from error
    return frozenset(one.user.id for one in admins if getattr(one, "is_anonymous", False))
