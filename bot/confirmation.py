"""Confirmation of groups: until an admin confirms in private, the bot stays silent in the group."""

from functools import partial

from bot.dialog.request import parse_command
from bot.dialog.responder import Responder
from bot.dialog.update import CallbackQuery, Message
from bot.permissions import Throttle
from domain.chats import ChatTarget
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import BadCallback
from messaging.telegram.keyboards.groups import CONFIRM, confirm_keyboard
from messaging.telegram.texts import groups as texts
from messaging.telegram.texts.help import admins_only
from services.acts import groups
from services.services import Services


async def ask_admins(
    services: Services, responder: Responder, target: ChatTarget, *, locale: Locale = ENGLISH
) -> None:
    """Ask the admins of a group to confirm.

    Args:
        services: its callbacks sign the button.
        responder: sends the message.
        target: the group.
        locale: of its readers.
    """
    keyboard = confirm_keyboard(services.callbacks, chat_id=target.chat_id, locale=locale)
    await responder.send(target, texts.ask_admins(locale=locale), keyboard)


async def answer_message(
    services: Services,
    responder: Responder,
    throttle: Throttle,
    message: Message,
    *,
    username: str,
    locale: Locale = ENGLISH,
) -> None:
    """Ask again when an admin writes a command; nobody else hears anything.

    Args:
        services: know the group.
        responder: sends.
        throttle: lets it be asked once a minute.
        message: in the group.
        username: the bot's own.
        locale: of who reads it.
    """
    command = parse_command(message.text)
    if command is None or command.bot not in {"", username.lower()}:
        return
    is_admin = message.is_from_group or await groups.is_admin(
        services, message.target.chat_id, message.user_id
    )
    if is_admin:
        ask = partial(ask_admins, services, responder, message.target, locale=locale)
        await throttle.warn(message.target.chat_id, ask, needs_count=True)


async def answer_query(
    services: Services, responder: Responder, query: CallbackQuery, *, username: str, locale: Locale = ENGLISH
) -> None:
    """Lead an admin, known by this very press, into the private chat; the others read that they are none.

    Args:
        services: know the group.
        responder: answers.
        query: the press, in the group.
        username: the bot's own.
        locale: of who reads it.
    """
    chat_id = query.target.chat_id
    try:
        callback = services.callbacks.read(query.data, chat_id=chat_id, user_id=query.user_id)
    except BadCallback as refusal:
        await responder.answer_callback(query.query_id, str(refusal))
        return
    if callback.verb != CONFIRM:
        await responder.answer_callback(query.query_id, texts.not_confirmed(locale=locale))
    elif not await groups.is_admin(services, chat_id, query.user_id):
        await responder.answer_callback(query.query_id, admins_only(locale=locale))
    else:
        url = f"https://t.me/{username}?start={groups.start_parameter(services, chat_id)}"
        await responder.answer_callback(query.query_id, url=url)
