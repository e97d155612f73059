"""What the bot does when it is added to a chat, removed, blocked or unblocked."""

from enum import Enum, auto

from msgspec import structs

from bot.dialog.update import Membership
from domain.chats import ChatKind
from services.acts import groups
from services.services import Services


class Welcome(Enum):
    """The messages that follow a membership change."""

    NOTHING = auto()
    GREETING = auto()
    """To the group: the bot speaks there."""
    ASK_ADMINS = auto()
    """To the group: it is silent until an admin confirms."""
    CHANNEL = auto()
    """To who has added it to a channel, in private."""


async def note_membership(services: Services, change: Membership) -> Welcome:
    """Open or close the chat; return the messages that follow."""
    target = change.target
    if not change.is_member:
        await services.chats.close(target.chat_id, "blocked" if target.is_private else "removed")
        return Welcome.NOTHING
    if await services.people.ban_of(target.chat_id) is not None:
        return Welcome.NOTHING
    if target.is_private:
        await services.chats.open(target)
        return Welcome.NOTHING
    if target.kind is ChatKind.CHANNEL:
        return await _note_channel(services, change)
    if change.was_member:
        return Welcome.NOTHING
    is_confirmed = await groups.note_added(services, target, by=change.user_id)
    return Welcome.GREETING if is_confirmed else Welcome.ASK_ADMINS


async def _note_channel(services: Services, change: Membership) -> Welcome:
    """A channel is served when an admin of it has made the bot one, who may post there."""
    if not change.may_post or not await groups.note_added(services, change.target, by=change.user_id):
        return Welcome.NOTHING
    await services.rules.change_settings(
        change.target,
        lambda old: structs.replace(old, display=structs.replace(old.display, only_links=True)),
    )
    return Welcome.CHANNEL
