"""/portfolio: a placeholder at once, and a question that a worker answers in its place."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_asks_about_all_wallets_of_the_chat(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "No wallets here yet" in await chats.ask(alice.id, "/portfolio")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Reading 1 wallet…" in await chats.ask(alice.id, "/portfolio")
    await chats.ask(alice.id, "/cancel")
    assert await database.fetchval("SELECT kind FROM questions") == "portfolio"
