"""Services for tests of what handlers share."""

from collections.abc import AsyncIterator

import pytest

from bot.connections import open_servers
from bot.dialog.request import Request
from bot.wiring import make_services
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from services.services import Services

TARGET = ChatTarget(chat_id=5, kind=ChatKind.PRIVATE)


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_servers(settings) as servers:
        yield make_services(settings, servers)


@pytest.fixture
def request_to_mute() -> Request:
    return Request(update_id=1, target=TARGET, user_id=5, message_id=1, command="mute")
