"""Bans are kept until they are lifted."""

import pytest

from storage.chats.bans import ban, bans, unban
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_ban_is_kept_changed_and_lifted(database: Database) -> None:
    await ban(database, user_id=5, reason="spam", by=1)
    await ban(database, user_id=5, reason="more spam", by=2)
    kept = await bans(database)
    assert (kept[5].reason, kept[5].banned_by) == ("more spam", 2)
    assert await unban(database, 5)
    assert not await unban(database, 5)
    assert await bans(database) == {}
