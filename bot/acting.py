"""Resolves the chat that a private command acts on: the chat itself, or a channel of the person."""

from msgspec import structs

from bot.dialog.request import Request
from bot.dialog.update import CallbackQuery
from bot.permissions import Permission
from bot.route import Route
from domain.chats import ChatTarget
from messaging.telegram.callbacks import Callback, ForeignCallback, OldCallback
from services.acts import channels
from services.services import Services

_FOR_ONESELF = frozenset(
    {"start", "help", "cancel", "channel", "payer", "web", "apikey", "webhooks", "deleteme"}
)


async def redirected(services: Services, route: Route, request: Request) -> Request:
    """The request for the channel for which the person's commands count, if it is one that can.

    Args:
        services: whose settings say which channel is chosen.
        route: found by the request; commands for oneself, and those of operators, stay where they are.
        request: of a group, it stays as it is.

    Raises:
        BadInput: they are not its admin any more.
    """
    command = request.command or route.command
    is_own = command in _FOR_ONESELF or route.permission is Permission.OPERATORS or bool(request.verb)
    if is_own:
        return request
    channel = await channels.channel_of(services, request.target, by=request.user_id)
    return request if channel is None else structs.replace(request, target=channel)


async def read_callback(services: Services, query: CallbackQuery) -> tuple[Callback, ChatTarget]:
    """Return what a pressed button asks for, and in which chat.

    Raises:
        BadCallback: it was not made for that chat, nor for a channel of this person.
    """
    read = services.callbacks.read
    try:
        return read(query.data, chat_id=query.target.chat_id, user_id=query.user_id), query.target
    except (OldCallback, ForeignCallback):
        channel = await channels.channel_of(services, query.target, by=query.user_id)
        if channel is None:
            raise
        return read(query.data, chat_id=channel.chat_id, user_id=query.user_id), channel
