"""The command menus."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.command_menu import set_menus
from bot.routes import COMMANDS
from messaging.telegram.client import make_bot
from messaging.telegram.texts.help import COMMANDS as LISTED
from messaging.telegram.texts.help import OPERATOR_COMMANDS
from tests.bot.conftest import OPERATOR, TOKEN, TelegramChats


async def test_each_menu_is_set_once(chats: TelegramChats) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR, started=True)
    async with make_bot(TOKEN, chats.telegram.url) as client:
        await set_menus(client, [OPERATOR, 5])
        seq = chats.telegram.ledger.last
        await set_menus(client, [OPERATOR])
        assert chats.telegram.ledger.since(seq, kind="commands") == []
        private = await client.get_my_commands(BotCommandScopeAllPrivateChats())
        groups = await client.get_my_commands(BotCommandScopeAllGroupChats())
        operator = await client.get_my_commands(BotCommandScopeChat(OPERATOR))
    assert {command.command for command in groups} < {command.command for command in private}
    assert {command.command for command in operator} == set(COMMANDS)


def test_every_command_is_shown_and_every_shown_command_exists() -> None:
    assert {name for name, _, _ in (*LISTED, *OPERATOR_COMMANDS)} == set(COMMANDS)


@pytest.mark.parametrize("answer", [[{"command": 5}], [{"name": "x"}], [5], "text", {"a": 1}])
async def test_an_unreadable_answer_ends_nothing(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    async def call(request: web.Request) -> web.Response:
        me = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"}
        found = me if request.match_info["method"] == "getMe" else answer
        return web.json_response({"ok": True, "result": found})

    application = web.Application()
    application.add_routes([web.post("/bot{token}/{method}", call)])
    async with TestServer(application) as server, make_bot(TOKEN, str(server.make_url("/"))) as client:
        await set_menus(client, [])
    assert "is not set" in caplog.text
