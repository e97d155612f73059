"""/deleteme: all is gone when its owner confirms, and nothing more is sent."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_f76_everything_goes(chats: TelegramChats, alice: User, database: Database) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/deleteme")
    _, text = await chats.press_and_read_edit(alice.id, message, "Keep it all")
    assert "Nothing was deleted" in text
    message = await chats.ask_message(alice.id, "/deleteme")
    _, text = await chats.press_and_read_edit(alice.id, message, "🗑 Delete everything")
    assert "Deleted" in text
    assert await database.fetchval("SELECT count(*) FROM watches") == 0
    assert await database.fetchval("SELECT count(*) FROM chats WHERE chat_id = $1", alice.id) == 0
