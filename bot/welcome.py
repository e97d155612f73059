"""Messages when the bot is added to a chat, and when the paying admin leaves a group."""

from bot import confirmation
from bot.dialog.responder import Responder
from bot.dialog.update import Departure, Membership
from bot.memberships import Welcome, note_membership
from domain.chats import ChatKind, ChatTarget
from messaging.telegram.keyboards.payers import take_over_link
from messaging.telegram.texts.greetings import group_greeting
from messaging.telegram.texts.groups import channel_added
from messaging.telegram.texts.payers import payer_left
from services.acts import groups, payers
from services.acts.languages import locale_of_chat, speak
from services.services import Services


async def welcome(services: Services, responder: Responder, change: Membership) -> None:
    """Note that the bot was added or removed, and say what is to be said about it.

    Args:
        services: what is known of the chat.
        responder: sends the messages.
        change: of the bot's own membership.
    """
    target = change.target
    event = await note_membership(services, change)
    if event is Welcome.GREETING:
        followed = await services.watches.of(target)
        locale = await locale_of_chat(services, target.chat_id)
        await responder.send(target, group_greeting(len(followed), locale=locale))
    elif event is Welcome.ASK_ADMINS:
        locale = await locale_of_chat(services, target.chat_id)
        await confirmation.ask_admins(services, responder, target, locale=locale)
    elif event is Welcome.CHANNEL:
        locale = await locale_of_chat(services, change.user_id)
        await speak(services, target, locale.language)
        person = ChatTarget(chat_id=change.user_id, kind=ChatKind.PRIVATE)
        await responder.send(person, channel_added(target.title, locale=locale))


async def note_departure(services: Services, responder: Responder, left: Departure, *, username: str) -> None:
    """Switch off the webhooks of who has left a group; if its limits were theirs, tell the group.

    Args:
        services: know who pays, and whose webhooks there are.
        responder: sends.
        left: who left, and what.
        username: the bot's own.
    """
    await services.webhooks.owner_left(left.target.chat_id, left.user_id)
    if not await payers.pays(services, left.target.chat_id, left.user_id):
        return
    locale = await locale_of_chat(services, left.target.chat_id)
    link = groups.start_parameter(services, left.target.chat_id, takes_over=True)
    keyboard = take_over_link(f"https://t.me/{username}?start={link}", locale=locale)
    await responder.send(left.target, payer_left(locale=locale), keyboard)
