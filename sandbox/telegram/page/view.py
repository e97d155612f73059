"""What the chat page reads: users and groups, and one chat as one person sees it."""

from itertools import islice
from typing import Any

from sandbox.telegram.bot_api.methods.commands import menu_for
from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.shapes import Message

_MAX_MESSAGES = 300
_SHOWN_USERS = 200


def overview(state: ServerState, bot: Bot) -> dict[str, Any]:
    """The bot, the users and groups, and the number of the newest ledger entry."""
    groups = [_group(room) for room in bot.rooms.values() if not room.private and room.migrated_to is None]
    users = [
        {"user": user, "last": _last(bot.rooms.get(user.id))}
        for user in islice(state.users.values(), _SHOWN_USERS)
    ]
    return {"bot": bot.user, "users": users, "groups": groups, "last": state.ledger.last}


def room_view(people: People, user_id: int, chat_id: int) -> dict[str, Any]:
    """One chat: its newest messages, its topics, the bot's standing, and the person's command menu.

    Args:
        people: with their bot.
        user_id: who looks at the page; the commands are those that this user sees.
        chat_id: of the chat; one in which nothing was said yet need not exist.
    """
    user = people.user(user_id)
    room = people.bot.rooms.get(chat_id)
    fresh = {
        "chat_id": chat_id,
        "commands": menu_for(people.bot, room, user),
        "last": people.state.ledger.last,
    }
    if room is None:
        return {**fresh, "messages": [], "topics": [], "standing": "new"}
    return {
        **fresh,
        "messages": list(room.messages.values())[-_MAX_MESSAGES:],
        "topics": _topics(room),
        "standing": room.standing,
        "migrated_to": room.migrated_to,
    }


def _group(room: Room) -> dict[str, Any]:
    return {
        "chat": room.chat,
        "members": room.standings,
        "standing": room.standing,
        "topics": _topics(room),
        "last": _last(room),
    }


def _topics(room: Room) -> list[dict[str, Any]]:
    return [{"thread_id": one.thread_id, "name": one.name} for one in room.topics.values()]


def _last(room: Room | None) -> Message | None:
    if room is None or not room.messages:
        return None
    return next(reversed(room.messages.values()))
