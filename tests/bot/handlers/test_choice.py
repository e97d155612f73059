"""Choices: pages, and what is too old."""

import pytest

from sandbox.telegram.shapes import User
from storage.redis import open_redis
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_a_choice_of_yesterday_is_refused(chats: TelegramChats, alice: User, valkey_url: str) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/rules Moby")
    client = open_redis(valkey_url)
    await client.delete(*await client.keys("whale:memo:*"))
    await client.aclose()
    assert "too old" in await chats.press(alice.id, choice, "Moby So11…1112")
