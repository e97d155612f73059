"""/deleteme: all is gone when its owner confirms, and nothing more is sent."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_f76_everything_goes(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    shown = await town.asked(alice.id, "/deleteme")
    _, text = await town.press_and_see(alice.id, shown, "Keep it")
    assert "nothing was deleted" in text
    shown = await town.asked(alice.id, "/deleteme")
    _, text = await town.press_and_see(alice.id, shown, "🗑 Delete everything")
    assert "Deleted" in text
    assert await database.fetchval("SELECT count(*) FROM watches") == 0
    assert await database.fetchval("SELECT count(*) FROM chats WHERE chat_id = $1", alice.id) == 0
