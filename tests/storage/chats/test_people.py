"""A person's file, and its end.
Bans are kept until they are lifted.
"""

import pytest

from storage.chats.people import ban, bans, forget_chat, person_file, unban
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_a_file_is_numbers(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    file = await person_file(database, ALICE)
    assert file is not None
    assert (file.watches, file.waiting, file.sent_of_day) == (1, 1, 0)
    assert await person_file(database, 77) is None


async def test_f76_who_is_deleted_is_sent_nothing_more(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    await fan_out_all(database)
    claimed = await claim(database, owner="a", limit=9)
    await forget_chat(database, ALICE)
    marked = await mark_sending(database, owner="a", delivery_ids=[one.delivery_id for one in claimed])
    assert len(marked) == 1
    for table in ("watches", "deliveries", "chats"):
        assert await database.fetchval(f"SELECT count(*) FROM {table} WHERE chat_id = $1", ALICE) == 0


async def test_a_ban_is_kept_changed_and_lifted(database: Database) -> None:
    await ban(database, user_id=5, reason="spam", by=1)
    await ban(database, user_id=5, reason="more spam", by=2)
    kept = await bans(database)
    assert (kept[5].reason, kept[5].banned_by) == ("more spam", 2)
    assert await unban(database, 5)
    assert not await unban(database, 5)
    assert await bans(database) == {}
