"""The paying admin of a group: taking over, giving up, and losing the role by leaving or a ban."""

from collections.abc import Sequence

from domain.chats import Chat, ChatTarget
from services.acts import groups
from services.services import Services
from storage.chats import payers


async def pays(services: Services, chat_id: int, user_id: int) -> bool:
    """Return whether a person pays for a chat.

    Args:
        services: what is known of the chat.
        chat_id: a group or channel.
        user_id: 0: nobody is known, who pays for none.
    """
    return user_id > 0 and await services.chats.payer(chat_id) == user_id


async def take_over(services: Services, target: ChatTarget, *, by: int) -> bool:
    """Let the limits of an admin count in a group from now on; false: they are none now, or are banned.

    Args:
        services: what is known of both; wallets over the new limit pause.
        target: the group or channel.
        by: user id of the admin.
    """
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
    """Stop a person paying for a chat, None: for all; return those silent until another admin pays.

    Args:
        services: wallets over the limit that is left pause.
        user_id: who pays.
        chat_id: the one chat; None: all.
    """
    given_up, silent = await payers.give_up(services.chats.database, user_id, chat_id=chat_id)
    async with services.chats.cached.changing(*given_up):
        for account in {user_id, *given_up}:
            await services.people.pause_over_limit(account)
    return silent
