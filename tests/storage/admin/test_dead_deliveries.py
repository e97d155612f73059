"""What was given up is counted by cause, and tried again in batches, but not for chats that are closed."""

import pytest

from storage.admin.dead_deliveries import DeadCause, dead_causes, retry_dead
from storage.chats.chats import close_chat
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_causes_are_counted_and_retried_in_batches(database: Database) -> None:
    for chat in (ALICE, BOB):
        await follow(database, chat)
    await happened(database, *(purchase(number) for number in range(5)))
    await fan_out_all(database)
    await database.execute(
        "UPDATE deliveries SET state = 'dead', attempts = 12, finished_at = now(),"
        " error = 'odd ' || delivery_id"
    )
    await close_chat(database, BOB, "blocked")
    assert await dead_causes(database) == [DeadCause(cause="odd N", number=5)]
    assert await retry_dead(database, "odd N", limit=3) == 3
    assert await retry_dead(database, "odd N", limit=3) == 2
    assert await retry_dead(database, "odd N", limit=3) == 0
    rows = await database.fetch("SELECT DISTINCT state, attempts FROM deliveries WHERE chat_id = $1", ALICE)
    assert [tuple(row) for row in rows] == [("retry", 0)]
