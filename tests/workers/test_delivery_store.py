"""The sender's outbox stands in PostgreSQL."""

import pytest

from domain.delivery.deliveries import Destination
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.lanes import Lane
from storage.postgres import Database
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase
from workers.delivery_store import StoredOutbox

pytestmark = pytest.mark.services


async def test_what_one_claimed_is_marked_and_recorded_by_nobody_else(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    mine, other = StoredOutbox(database, owner="a"), StoredOutbox(database, owner="b")
    (claimed,) = await mine.claim(5, Lane.BULK, spare_room=5)
    assert await other.claim(5, Lane.BULK, spare_room=5) == []
    assert await other.mark([claimed.delivery_id]) == set()
    assert await mine.mark([claimed.delivery_id]) == {claimed.delivery_id}
    sent = apply_result(claimed, SendResult(status=SendStatus.ACCEPTED, message_id=9))
    await other.record_results([sent])
    assert await database.fetchval("SELECT state FROM deliveries") == "sending"
    await mine.record_results([sent])
    assert await database.fetchval("SELECT state FROM deliveries") == "sent"


async def test_chats_are_closed_and_moved(database: Database) -> None:
    await follow(database, -5)
    outbox = StoredOutbox(database, owner="a")
    await outbox.migrate(Destination(chat_id=-5), -1005)
    await outbox.close(Destination(chat_id=-1005), "kicked")
    row = await database.fetchrow("SELECT chat_id, closed_reason FROM chats")
    assert row is not None
    assert tuple(row) == (-1005, "kicked")


async def test_what_is_given_back_may_be_claimed_again(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    outbox = StoredOutbox(database, owner="a")
    (claimed,) = await outbox.claim(5, Lane.BULK, spare_room=5)
    await outbox.release([claimed.delivery_id], 0.0)
    assert len(await outbox.claim(5, Lane.BULK, spare_room=5)) == 1
