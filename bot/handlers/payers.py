"""/payer and its buttons: which admin's limits apply to a group, and how another takes over."""

from msgspec import structs

from bot.dialog.group_payers import take_over_button, unpaid_group_texts
from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.payers import paid_keyboard, take_over_link
from messaging.telegram.texts import groups as group_texts
from messaging.telegram.texts import payers as texts
from runtime import clock
from services.acts import groups, payers
from services.services import Services


async def payer(request: Request, services: Services) -> Reply:
    """Say whose limits count here, or where one's own do."""
    if request.target.is_private:
        return await _paid(request, services)
    followed = await services.chats.followed(request.target.chat_id)
    link = groups.start_parameter(services, request.target.chat_id, takes_over=True)
    url = f"https://t.me/{request.bot}?start={link}"
    return Reply(
        text=texts.in_group(followed, locale=request.locale),
        keyboard=take_over_link(url, locale=request.locale),
    )


async def take_over_callback(request: Request, services: Services) -> Reply:
    """Let the limits of this person count in the group of the button; too old: a new button."""
    number, made_at = map(int, request.arguments)
    group = await groups.chat_of(services, -number)
    if int(clock.unix()) - made_at > groups.CONFIRM_SECONDS:
        keyboard = take_over_button(request, services, group.chat_id)
        return Reply(
            text=group_texts.expired(group.title, locale=request.locale), keyboard=keyboard, in_place=True
        )
    if not await payers.take_over(services, group, by=request.user_id):
        return Reply(text=group_texts.no_admin(group.title, locale=request.locale), in_place=True)
    used = await services.people.limits_used(group.chat_id)
    return Reply(text=texts.taken_over(group.title, used.paused, locale=request.locale), in_place=True)


async def give_up_callback(request: Request, services: Services) -> Reply:
    """Give up the chat of the button; its admins read that another has to confirm."""
    silent = await payers.give_up(services, request.user_id, -int(request.arguments[0]))
    return structs.replace(
        await _paid(request, services),
        in_place=True,
        others=unpaid_group_texts(services, silent, locale=request.locale),
    )


async def _paid(request: Request, services: Services) -> Reply:
    chats = await services.chats.paid_by(request.user_id)
    used = await services.people.limits_used(request.user_id)
    keyboard = paid_keyboard(services.callbacks, chats, user_id=request.user_id)
    return Reply(
        text=texts.paid(chats, used.watches, used.tier.watches, locale=request.locale), keyboard=keyboard
    )
