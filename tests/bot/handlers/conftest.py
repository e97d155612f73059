"""Handlers are tested in conversations with a running bot; this starts it."""

import pytest

from messaging.sending import rate_limiter
from sandbox.telegram.shapes import User
from tests.bot.conftest import TelegramChats


@pytest.fixture(autouse=True)
def _talkative_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chat be answered as often as a test asks; how long it would wait is tested with the limiter."""
    monkeypatch.setattr(rate_limiter, "_CHAT_INTERVAL", 0.001)
    monkeypatch.setattr(rate_limiter, "_GROUP_INTERVAL", 0.001)


@pytest.fixture
def alice(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Alice")


@pytest.fixture
def bob(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Bob")
