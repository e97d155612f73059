"""Command menus and their scopes."""

import pytest
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
)
from telegram.error import BadRequest

from sandbox.telegram.bot_api.methods.commands import menu_for
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def test_a_menu_is_set_read_and_taken_away(stage: Stage) -> None:
    commands = (BotCommand("start", "say hello"), BotCommand("watch", "follow a wallet"))
    assert await stage.bot.set_my_commands(commands)
    assert await stage.bot.get_my_commands() == commands
    assert await stage.bot.get_my_commands(language_code="de") == ()
    assert await stage.bot.delete_my_commands()
    assert await stage.bot.get_my_commands() == ()


async def test_the_narrowest_scope_is_shown(stage: Stage) -> None:
    people = stage.telegram.people
    chat_id = people.add_group("Club", {stage.alice.id: "creator"})
    private, group = people.room_of(stage.alice.id), people.room_of(chat_id)
    scopes: list[tuple[str, BotCommandScope | None]] = [
        ("default", None),
        ("private", BotCommandScopeAllPrivateChats()),
        ("groups", BotCommandScopeAllGroupChats()),
        ("admins", BotCommandScopeAllChatAdministrators()),
        ("chat", BotCommandScopeChat(stage.alice.id)),
        ("member", BotCommandScopeChatMember(chat_id, stage.alice.id)),
    ]
    seen = []
    for name, scope in scopes:
        await stage.bot.set_my_commands([BotCommand(name, "x")], scope=scope)
        date_format = [menu_for(people.bot, room, stage.alice)[0].command for room in (private, group)]
        seen.append(tuple(date_format))
    assert seen == [
        ("default", "default"),
        ("private", "default"),
        ("private", "groups"),
        ("private", "admins"),
        ("chat", "admins"),
        ("chat", "member"),
    ]


@pytest.mark.parametrize(
    ("command", "description", "complaint"),
    [
        ("Bad Name", "x", "bot_command_invalid"),
        ("x" * 33, "x", "bot_command_invalid"),
        ("x", "", "must be non-empty"),
        ("x", "y" * 257, "bot_command_description_too_long"),
    ],
)
async def test_bad_commands_are_refused(stage: Stage, command: str, description: str, complaint: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await stage.bot.set_my_commands([(command, description)])
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await stage.bot.set_my_commands([("x", "y")], scope=BotCommandScopeChat(42))
