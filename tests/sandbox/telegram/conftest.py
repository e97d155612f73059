"""A running sandbox Telegram, python-telegram-bot's own client for it, and users to talk to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.telegram import SandboxTelegram, TelegramConfig
from tests.sandbox.telegram.stage import NO_LIMITS, TOKEN, Stage, client


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    config = TelegramConfig(tokens=(TOKEN,), limits=NO_LIMITS, webhook_retry_base=0.02)
    async with SandboxTelegram(config) as running:
        yield running


@pytest.fixture
async def stage(telegram: SandboxTelegram) -> AsyncIterator[Stage]:
    alice = telegram.people.add_user("Alice", username="alice", started=True)
    async with client(telegram) as bot:
        yield Stage(telegram=telegram, bot=bot, alice=alice)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns, and warnings are errors here, unless asked for its coming types."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
