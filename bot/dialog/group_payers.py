"""Texts for groups whose paying admin has left, and the offer to take over."""

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot.dialog.request import OtherMessage, Reply, Request
from domain.chats import Chat, ChatKind, ChatTarget
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.keyboards.groups import confirm_keyboard
from messaging.telegram.keyboards.payers import take_over_keyboard
from messaging.telegram.texts import payers as texts
from messaging.telegram.texts.groups import no_admin
from runtime import clock
from services.acts import groups
from services.services import Services


async def ask_take_over(request: Request, services: Services, group: ChatTarget) -> Reply:
    """Ask an admin, in private, to let their limits count in a group.

    Args:
        request: of an admin, in private.
        services: what is known of accounts.
        group: whose payer is to change.
    """
    if not await groups.is_admin(services, group.chat_id, request.user_id):
        return Reply(text=no_admin(group.title, locale=request.locale))
    used = await services.people.limits_used(request.target.chat_id)
    followed = await services.chats.followed(group.chat_id)
    text = texts.ask_take_over(group.title, followed, used.watches, used.tier.watches, locale=request.locale)
    return Reply(text=text, keyboard=take_over_button(request, services, group.chat_id))


def take_over_button(request: Request, services: Services, group_id: int) -> InlineKeyboardMarkup:
    """The button that does it, made now.

    Args:
        request: of an admin, who alone may press.
        services: its callbacks sign the button.
        group_id: below 0.
    """
    made_at = int(clock.unix())
    return take_over_keyboard(
        services.callbacks, group_id, user_id=request.user_id, made_at=made_at, locale=request.locale
    )


def unpaid_group_texts(
    services: Services, chats: Sequence[Chat], *, locale: Locale = ENGLISH
) -> tuple[OtherMessage, ...]:
    """Return what groups read for which nobody pays any more; a channel's readers need not know.

    Args:
        services: its callbacks sign the buttons.
        chats: those that a person has stopped paying for.
        locale: of the readers.
    """
    return tuple(
        OtherMessage(
            target=ChatTarget(chat_id=one.chat_id, kind=one.kind, title=one.title),
            text=texts.given_up(locale=locale),
            keyboard=confirm_keyboard(services.callbacks, chat_id=one.chat_id, locale=locale),
        )
        for one in chats
        if one.kind is not ChatKind.CHANNEL
    )
