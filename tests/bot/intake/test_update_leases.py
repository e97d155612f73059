"""Leases of updates: one instance at a time works for a chat, and what is done with is not done again."""

from collections.abc import Sequence

import pytest
from msgspec import structs

from bot.intake.update_leases import UpdateLeases
from domain.errors import DatabaseUnavailable
from storage.chats import update_leases as stored
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.postgres import Database


@pytest.fixture
async def leases(database: Database) -> UpdateLeases:
    await store_updates(
        database, [ReceivedUpdate(update_id=number, chat_id=7, payload="{}") for number in (1, 2)]
    )
    return UpdateLeases(database=database, owner="one")


@pytest.mark.services
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


@pytest.mark.services
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


@pytest.mark.services
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


@pytest.mark.services
async def test_chats_that_nobody_works_for_are_found(leases: UpdateLeases) -> None:
    assert await leases.waiting(older_than=0.0, limit=10) == [7]
    await leases.take(7)
    assert await leases.waiting(older_than=0.0, limit=10) == []


@pytest.mark.services
async def test_an_update_that_could_not_be_closed_is_closed_later_and_never_handled_again(
    leases: UpdateLeases, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await leases.take(7)
    assert first is not None
    with monkeypatch.context() as without_database:
        without_database.setattr(stored, "finish_updates", _is_away)
        with pytest.raises(DatabaseUnavailable):
            await leases.finish(first)
        await leases.leave()
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 1") == "working"
    second = await leases.take(7)
    assert second is not None
    assert second.update_id == 2
    await leases.close_pending()
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 1") == "done"


@pytest.mark.services
async def test_copies_that_postgresql_does_not_know_of_are_remembered(
    leases: UpdateLeases, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await leases.take(7)
    assert first is not None
    with monkeypatch.context() as without_database:
        without_database.setattr(stored, "postpone_update", _is_away)
        with pytest.raises(DatabaseUnavailable):
            await leases.postpone(structs.replace(first, copies=1), seconds=0.0, refund_attempt=True)
    await leases.leave()
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 1") == "working"
    again = await leases.take(7)
    assert again is not None
    assert (again.update_id, again.copies) == (1, 1)


async def _is_away(*_: Sequence[object], **__: object) -> None:
    raise DatabaseUnavailable("away")
