"""A sandbox Telegram without flood limits, and the short way to it."""

from collections.abc import AsyncIterator

import pytest

from messaging.telegram.methods import Methods
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.server import SandboxTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as server:
        yield server


@pytest.fixture
async def methods(telegram: SandboxTelegram) -> AsyncIterator[Methods]:
    opened = Methods(telegram.token, telegram.url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def alice(telegram: SandboxTelegram) -> int:
    """A chat that may be written to."""
    person = telegram.people.add_user("Alice", started=True)
    return person.id
