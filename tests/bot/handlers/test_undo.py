"""The button Undo."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_after_its_minute_it_says_that_it_is_too_late(
    chats: TelegramChats, alice: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.acts.undo.UNDO_SECONDS", 1)
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/unwatch Moby")
    await database.fetchval("SELECT pg_sleep(1.1)")
    assert "Too late to undo" in await chats.press(alice.id, message, "↩️ Undo")
    assert not await database.fetchval("SELECT count(*) FROM watches")
