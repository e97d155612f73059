"""Who is an admin: asked of Telegram, remembered for moments."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.services.group_members import GROUP_ADMINS, GroupMembers
from domain.errors import Unavailable
from messaging.telegram.client import make_bot
from sandbox.telegram.faults import Fault, FaultKind
from storage.caches import Caches
from storage.redis import open_redis
from tests.bot.conftest import TOKEN, TelegramChats

pytestmark = pytest.mark.services


@pytest.fixture
async def members(chats: TelegramChats, valkey_url: str) -> AsyncIterator[GroupMembers]:
    redis = open_redis(valkey_url, text=False)
    async with make_bot(TOKEN, chats.telegram.url) as bot:
        client: Bot = bot
        yield GroupMembers(bot=client, cache=Caches(redis).open(GROUP_ADMINS))
    await redis.aclose()


async def test_owners_and_administrators_are_admins(chats: TelegramChats, members: GroupMembers) -> None:
    ann, bob, carl, dora = chats.telegram.people.add_users(4)
    group = chats.telegram.people.add_group("Club", {ann: "creator", bob: "administrator", carl: "member"})
    found = [await members.is_admin(group, person) for person in (ann, bob, carl, dora)]
    assert found == [True, True, False, False]


async def test_without_an_answer_of_telegram_nobody_is_called_an_admin(
    chats: TelegramChats, members: GroupMembers
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = chats.telegram.people.add_group("Club", {ann: "creator"})
    chats.telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, method="getChatMember", times=None))
    with pytest.raises(Unavailable):
        await members.is_admin(group, ann)


async def test_an_unknown_group_has_no_admins(members: GroupMembers) -> None:
    assert not await members.is_admin(-1009999, 5)
