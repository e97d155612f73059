"""/topic in private; in groups: tests/bot/handlers/test_groups.py."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_there_are_no_topics_in_private(chats: TelegramChats, alice: User) -> None:
    assert "is for groups" in await chats.ask(alice.id, "/topic")
