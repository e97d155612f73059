"""/cancel."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_forgets_the_question(chats: TelegramChats, alice: User) -> None:
    assert "nothing to cancel" in await chats.ask(alice.id, "/cancel")
    await chats.ask(alice.id, "/watch")
    assert "Cancelled" in await chats.ask(alice.id, "/cancel")
    offered = await chats.ask(alice.id, WHALE)
    assert "What would you like to do?" in offered


async def test_another_command_ends_the_question_too(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/watch")
    await chats.ask(alice.id, "/help")
    assert "What would you like to do?" in await chats.ask(alice.id, WHALE)
