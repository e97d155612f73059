"""The command menus."""

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
