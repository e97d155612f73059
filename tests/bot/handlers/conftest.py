"""Handlers are tested in conversations with a running bot; this starts it."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import TelegramChats


@pytest.fixture
def alice(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Alice")


@pytest.fixture
def bob(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Bob")
