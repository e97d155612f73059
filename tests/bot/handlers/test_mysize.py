"""/mysize sets what the chat would spend."""

from decimal import Decimal

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_size_is_set_displayed_and_taken_away(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "No size is set" in await chats.ask(alice.id, "/mysize")
    assert "Your size: $500" in await chats.ask(alice.id, "/mysize 500 3%")
    assert (await settings_of(database, alice.id)).display.size_limit == Decimal("0.03")
    assert "too late beyond 3%" in await chats.ask(alice.id, "/settings")
    assert "No size is set" in await chats.ask(alice.id, "/mysize off")
    assert "Write /mysize 500" in await chats.ask(alice.id, "/mysize 500 soon")
