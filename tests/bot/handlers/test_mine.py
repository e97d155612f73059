"""/mine: what people hold, noted by address and forgotten by a button."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import WHALE

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_an_address_is_noted_once_and_forgotten(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Tell what you hold" in await chats.ask(alice.id, "/mine")
    card = await chats.ask_message(alice.id, f"/mine {WHALE}")
    assert "being read" in (card.text or "")
    assert "noted already" in await chats.ask(alice.id, f"/mine {WHALE}")
    _, text = await chats.press_and_read_edit(alice.id, card, "Forget 7vfC…voxs")
    assert "Tell what you hold" in text
    assert await database.fetchval("SELECT count(*) FROM own_wallets") == 0
