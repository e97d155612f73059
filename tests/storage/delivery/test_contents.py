"""What rows of the outbox carry; one that cannot be read holds up no other."""

import pytest

from domain.delivery.deliveries import MAX_ATTEMPTS
from storage.delivery.claims import claim
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def _two_deliveries(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET kind = 'of the next version' WHERE chat_id = $1", ALICE)


async def test_a_delivery_of_an_unknown_kind_waits_and_the_others_are_claimed(database: Database) -> None:
    await _two_deliveries(database)
    assert [one.chat_id for one in await claim(database, owner="a", limit=9)] == [BOB]
    row = await database.fetchrow(
        "SELECT state, lease_owner, due_at > now() + interval '4 minutes' AS waits FROM deliveries"
        " WHERE chat_id = $1",
        ALICE,
    )
    assert row is not None
    assert tuple(row) == ("retry", None, True)
    await database.execute("UPDATE deliveries SET kind = 'alert', due_at = now() WHERE chat_id = $1", ALICE)
    assert [one.chat_id for one in await claim(database, owner="a", limit=9)] == [ALICE]


async def test_one_that_nobody_can_read_is_given_up_at_last(database: Database) -> None:
    await _two_deliveries(database)
    await database.execute("UPDATE deliveries SET attempts = $1 WHERE chat_id = $2", MAX_ATTEMPTS - 1, ALICE)
    await claim(database, owner="a", limit=9)
    state = await database.fetchval("SELECT state FROM deliveries WHERE chat_id = $1", ALICE)
    assert state == "dead"
