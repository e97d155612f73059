"""Channels: a person's commands in private count for one of theirs, as long as they are its admin."""

from msgspec import structs

from domain.chats import ChatTarget
from domain.errors import BadInput
from services.acts import groups
from services.services import Services


async def act_for(services: Services, target: ChatTarget, channel_id: int, *, by: int) -> ChatTarget | None:
    """Let a person's commands count for a channel, 0: for their private chat; None: they are not its admin.

    Args:
        services: keep it.
        target: the private chat.
        channel_id: of the channel; 0: none.
        by: the person.
    """
    channel = target
    if channel_id:
        managed = {one.chat_id for one in await services.chats.managed_channels(by)}
        if channel_id not in managed or not await groups.is_admin(services, channel_id, by):
            return None
        channel = await groups.chat_of(services, channel_id)
    await services.rules.change_settings(target, lambda old: structs.replace(old, acts_for=channel_id))
    return channel


async def channel_of(services: Services, target: ChatTarget, *, by: int) -> ChatTarget | None:
    """The channel for which a person's commands count; None: for the chat in which they are written.

    Args:
        services: whose settings say which channel is chosen.
        target: where the command is written; only in private it may count for a channel.
        by: user id of who writes.

    Raises:
        BadInput: they are not its admin any more; the text says how to continue.
    """
    if not target.is_private:
        return None
    channel_id = (await services.rules.settings(target.chat_id)).acts_for
    if not channel_id:
        return None
    if not await groups.is_admin(services, channel_id, by):
        raise BadInput("You are no admin of that channel any more. /channel off lets commands count for you.")
    return await groups.chat_of(services, channel_id)
