"""What the bot does when it is added to a chat, removed, blocked or unblocked."""

import logging

from bot.dialog.update import Membership
from domain.chats import ChatKind
from services.services import Services

log = logging.getLogger(__name__)


async def note_membership(services: Services, change: Membership) -> bool:
    """Open or close the chat; whether a group is to be greeted.

    Channels are not served: they are neither opened nor greeted, since the bot does not read their posts.
    """
    target = change.target
    if not change.is_member:
        await services.chats.close(target.chat_id, "blocked" if target.is_private else "removed")
        return False
    if target.kind is ChatKind.CHANNEL:
        log.info("Channels are not served: channel %d is not greeted", target.chat_id)
        return False
    if await services.people.ban_of(target.chat_id) is None:
        await services.chats.open(target)
    return not target.is_private and not change.was_member
