"""Bot API: setMyCommands, getMyCommands, deleteMyCommands; and the menu that a person sees in a chat."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.telegram.bot_api.call import Call, find_room
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.errors import bad_request
from sandbox.telegram.shapes import Command, User

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMANDS = 100
_MAX_DESCRIPTION = 256
_MAX_KEPT_SCOPES = 10_000
_PLAIN_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})


def set_my_commands(call: Call) -> bool:
    """Replace the menu of a scope and language."""
    commands = call.params.shaped("commands", tuple[Command, ...], "can't parse commands") or ()
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = tuple(_checked(one) for one in commands)
    key = _key(call)
    if not checked:
        call.bot.commands.pop(key, None)
    else:
        call.bot.commands[key] = checked
    if len(call.bot.commands) > _MAX_KEPT_SCOPES:
        call.bot.commands.popitem(last=False)
    _record(call, key)
    return True


def get_my_commands(call: Call) -> tuple[Command, ...]:
    """The menu of a scope and language; empty if none was set."""
    return call.bot.commands.get(_key(call), ())


def delete_my_commands(call: Call) -> bool:
    """Delete the menu of a scope and language."""
    key = _key(call)
    call.bot.commands.pop(key, None)
    _record(call, key)
    return True


def menu_for(bot: Bot, room: Room | None, user: User) -> tuple[Command, ...]:
    """The command menu of a person in a chat, by Telegram's order of scopes, then of languages.

    Args:
        bot: the bot.
        room: the chat; None: the private chat of a user who has not written yet.
        user: the person.
    """
    language = user.language_code or ""
    for scope in _scopes(room, user.id):
        for wanted in (language, ""):
            commands = bot.commands.get((scope, wanted))
            if commands:
                return commands
    return ()


def _scopes(room: Room | None, user_id: int) -> Iterator[str]:
    if room is None or room.private:
        yield from (f"chat:{user_id}", "all_private_chats", "default")
        return
    chat_id = room.chat.id
    yield f"chat_member:{chat_id}:{user_id}"
    admin = room.standings.get(user_id) in ("creator", "administrator")
    if admin:
        yield f"chat_administrators:{chat_id}"
    yield f"chat:{chat_id}"
    if admin:
        yield "all_chat_administrators"
    yield from ("all_group_chats", "default")


def _key(call: Call) -> tuple[str, str]:
    scope = call.params.shaped("scope", dict[str, Any], "can't parse BotCommandScope") or {"type": "default"}
    kind = Params(scope).text("type")
    language = call.params.text("language_code")
    if kind in _PLAIN_SCOPES:
        return kind, language
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    room = find_room(call.bot, Params(scope))
    if kind == "chat_administrators" and room.private:
        raise bad_request("can't use specified scope in private chats")
    suffix = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{room.chat.id}{suffix}", language


def _checked(command: Command) -> Command:
    name = command.command.removeprefix("/")
    description = command.description.strip()
    if not name or not description:
        raise bad_request("command name and description must be non-empty")
    if len(description) > _MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_TOO_LONG")
    if _COMMAND.fullmatch(name) is None:
        raise bad_request("BOT_COMMAND_INVALID")
    return Command(command=name, description=description)


def _record(call: Call, key: tuple[str, str]) -> None:
    detail = {"scope": key[0], "language": key[1]}
    call.state.record("commands", call.bot, received_ms=call.received_ms, detail=detail)
