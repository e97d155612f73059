"""Whose limits count in a group: its admins hand that on, and who has left or is banned bears it no more."""

from collections.abc import Sequence

from domain.chats import Chat, ChatTarget
from services.acts import groups
from services.services import Services
from storage.chats import payers


async def pays(services: Services, chat_id: int, user_id: int) -> bool:
    """Whether a person pays for a chat."""
    return user_id > 0 and await services.chats.payer(chat_id) == user_id


async def take_over(services: Services, target: ChatTarget, *, by: int) -> bool:
    """Let the limits of an admin count in a group from now on; false: they are none now, or are banned."""
    if await groups.is_unconfirmed(services, target):
        return await groups.confirm(services, target, by=by)
    if await services.people.ban_of(by) is not None or not await groups.is_admin(
        services, target.chat_id, by
    ):
        return False
    before = await services.chats.payer(target.chat_id)
    async with services.chats.cached.changing(target.chat_id):
        is_done = await payers.take_over(services.chats.database, target.chat_id, payer_id=by)
    for account in {target.chat_id, by, before or by} if is_done else ():
        await services.people.pause_over_limit(account)
    return is_done


async def give_up(services: Services, user_id: int, chat_id: int | None = None) -> Sequence[Chat]:
    """Let a person pay for a chat no more, None: for none; those that are silent until another admin pays."""
    given_up, silent = await payers.give_up(services.chats.database, user_id, chat_id=chat_id)
    async with services.chats.cached.changing(*given_up):
        for account in {user_id, *given_up}:
            await services.people.pause_over_limit(account)
    return silent
