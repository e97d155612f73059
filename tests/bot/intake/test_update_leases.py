"""Leases of updates: one instance at a time works for a chat."""

import pytest

from bot.intake.update_leases import UpdateLeases
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.postgres import Database

pytestmark = pytest.mark.services


@pytest.fixture
async def leases(database: Database) -> UpdateLeases:
    await store_updates(
        database, [ReceivedUpdate(update_id=number, chat_id=7, payload="{}") for number in (1, 2)]
    )
    return UpdateLeases(database=database, owner="one")


async def test_another_instance_waits_until_the_update_is_finished(
    leases: UpdateLeases, database: Database
) -> None:
    others = UpdateLeases(database=database, owner="two")
    first = await leases.take(7)
    assert first is not None
    assert await others.take(7) is None
    await leases.finish(first)
    second = await others.take(7)
    assert second is not None
    assert (first.update_id, second.update_id) == (1, 2)


@pytest.mark.parametrize(("refund", "attempts"), [(True, 1), (False, 2)])
async def test_a_refunded_attempt_does_not_count(
    leases: UpdateLeases, *, refund: bool, attempts: int
) -> None:
    lease = await leases.take(7)
    assert lease is not None
    await leases.postpone(lease, seconds=0.0, refund_attempt=refund)
    again = await leases.take(7)
    assert again is not None
    assert (again.update_id, again.attempts) == (1, attempts)


async def test_a_lease_that_was_lost_finishes_nothing(
    leases: UpdateLeases, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    lease = await leases.take(7)
    assert lease is not None
    await database.execute("UPDATE updates SET lease_until = now() - interval '1 second'")
    assert await UpdateLeases(database=database, owner="two").take(7) is not None
    await leases.finish(lease)
    assert "another instance has it" in caplog.text
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 1") == "working"


async def test_chats_that_nobody_works_for_are_found(leases: UpdateLeases) -> None:
    assert await leases.waiting(older_than=0.0, limit=10) == [7]
    await leases.take(7)
    assert await leases.waiting(older_than=0.0, limit=10) == []
