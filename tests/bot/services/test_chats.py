"""The chats that the bot may write to."""

import pytest

from bot.services.chats import ChatStore
from domain.chats import ChatKind, ChatTarget
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database

pytestmark = pytest.mark.services
GROUP = ChatTarget(chat_id=-5, kind=ChatKind.GROUP, title="Club")


async def test_a_closed_chat_says_why_until_somebody_writes_there(
    database: Database, cached: CachedChats
) -> None:
    chats = ChatStore(database=database, cached=cached)
    await chats.open(GROUP)
    assert await chats.standing(GROUP.chat_id) is None
    await chats.close(GROUP.chat_id, "kicked")
    standing = await chats.standing(GROUP.chat_id)
    assert standing is not None
    assert standing.reason == "kicked"
    await chats.heard(GROUP.chat_id)
    assert await chats.standing(GROUP.chat_id) is None


async def test_a_group_takes_everything_to_its_new_id(database: Database, cached: CachedChats) -> None:
    chats = ChatStore(database=database, cached=cached)
    await chats.open(GROUP)
    await chats.migrate(old_id=GROUP.chat_id, new_id=-100_5)
    assert await database.fetchval("SELECT array_agg(chat_id) FROM chats WHERE title = 'Club'") == [-100_5]
