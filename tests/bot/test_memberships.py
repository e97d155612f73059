"""What the bot does when it is added, removed, blocked or unblocked."""

from collections.abc import AsyncIterator

import pytest

from bot.connections import open_servers
from bot.dialog.update import Membership
from bot.memberships import note_membership
from bot.wiring import make_services
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from services.services import Services
from storage.postgres import Database

pytestmark = pytest.mark.services


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_servers(settings) as servers:
        yield make_services(settings, servers)


def added(kind: ChatKind, *, is_member: bool = True, was_member: bool = False) -> Membership:
    target = ChatTarget(chat_id=-100, kind=kind, title="Club")
    return Membership(update_id=1, target=target, user_id=1, is_member=is_member, was_member=was_member)


async def test_a_group_is_greeted_once(services: Services) -> None:
    assert await note_membership(services, added(ChatKind.GROUP))
    assert not await note_membership(services, added(ChatKind.GROUP, was_member=True))


async def test_a_channel_is_neither_opened_nor_greeted(
    services: Services, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert not await note_membership(services, added(ChatKind.CHANNEL))
    assert "Channels are not served" in caplog.text
    assert await database.fetchval("SELECT count(*) FROM chats") == 0


async def test_a_chat_without_the_bot_is_closed(services: Services, database: Database) -> None:
    await note_membership(services, added(ChatKind.GROUP))
    assert not await note_membership(services, added(ChatKind.GROUP, is_member=False))
    assert await database.fetchval("SELECT closed_reason FROM chats") == "removed"
