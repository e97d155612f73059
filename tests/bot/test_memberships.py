"""What the bot does when it is added, removed, blocked or unblocked."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.connections import open_servers
from bot.dialog.update import Membership
from bot.memberships import Welcome, note_membership
from bot.wiring import make_services
from domain.access import Standing
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from services.members import GroupMembers
from services.services import Services
from storage.postgres import Database
from tests.storage.sample_data import settings_of

pytestmark = pytest.mark.services


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    """Person 1 is an admin everywhere, and nobody else."""

    async def ask(chat_id: int, user_id: int) -> Standing:
        del chat_id
        return Standing.ADMIN if user_id == 1 else Standing.MEMBER

    async with open_servers(settings) as servers:
        made = make_services(settings, servers)
        members = GroupMembers(ask=ask, cache=made.access.members.cache)
        yield replace(made, access=replace(made.access, members=members))


def added(
    kind: ChatKind, *, by: int = 1, is_member: bool = True, was_member: bool = False, may_post: bool = False
) -> Membership:
    target = ChatTarget(chat_id=-100, kind=kind, title="Club")
    return Membership(
        update_id=1,
        target=target,
        user_id=by,
        is_member=is_member,
        was_member=was_member,
        may_post=may_post,
    )


async def test_a_group_is_greeted_once(services: Services) -> None:
    assert await note_membership(services, added(ChatKind.GROUP)) is Welcome.GREETING
    assert await note_membership(services, added(ChatKind.GROUP, was_member=True)) is Welcome.NOTHING


async def test_a_group_to_which_a_member_has_added_the_bot_waits_for_an_admin(
    services: Services, database: Database
) -> None:
    assert await note_membership(services, added(ChatKind.GROUP, by=2)) is Welcome.ASK_ADMINS
    assert await database.fetchval("SELECT closed_reason FROM chats") == "unconfirmed"
    assert await note_membership(services, added(ChatKind.GROUP)) is Welcome.GREETING
    assert await database.fetchval("SELECT payer_id FROM chats WHERE closed_at IS NULL") == 1
    await note_membership(services, added(ChatKind.GROUP, is_member=False))
    assert await note_membership(services, added(ChatKind.GROUP, by=2)) is Welcome.GREETING


async def test_a_group_to_which_a_banned_admin_has_added_the_bot_waits_for_another(
    services: Services, database: Database
) -> None:
    await services.people.ban(1, "spam", by=9)
    assert await note_membership(services, added(ChatKind.GROUP)) is Welcome.ASK_ADMINS
    assert await database.fetchval("SELECT closed_reason FROM chats") == "unconfirmed"
    assert await database.fetchval("SELECT payer_id FROM chats") is None
    assert await note_membership(services, added(ChatKind.CHANNEL, may_post=True)) is Welcome.NOTHING


async def test_a_channel_is_served_once_the_bot_may_post_there(
    services: Services, database: Database
) -> None:
    assert await note_membership(services, added(ChatKind.CHANNEL)) is Welcome.NOTHING
    assert await database.fetchval("SELECT count(*) FROM chats") == 0
    posts = added(ChatKind.CHANNEL, may_post=True)
    assert await note_membership(services, posts) is Welcome.CHANNEL
    assert (await settings_of(database, -100)).display.only_links


async def test_a_chat_without_the_bot_is_closed(services: Services, database: Database) -> None:
    await note_membership(services, added(ChatKind.GROUP))
    assert await note_membership(services, added(ChatKind.GROUP, is_member=False)) is Welcome.NOTHING
    assert await database.fetchval("SELECT closed_reason FROM chats") == "removed"
