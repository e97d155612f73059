"""Open alerts: locked by one dispatcher, grouped within a burst, moved on as far as watches are decided."""

import asyncio

import pytest

from storage.delivery.open_alerts import FIRST, OpenAlert, advance, lock_open_alerts, open_alerts
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, follow, happened, purchase

pytestmark = pytest.mark.services


async def lock(database: Database, *, limit: int = 2_000, coalesce_seconds: float = 0.0) -> list[OpenAlert]:
    return await database.transaction(
        lambda connection: lock_open_alerts(connection, limit=limit, coalesce_seconds=coalesce_seconds)
    )


async def decide(database: Database, opened: OpenAlert, *watch_ids: int) -> None:
    await database.transaction(lambda connection: advance(connection, [(opened, watch_ids)]))


async def test_an_alert_that_another_dispatcher_has_locked_is_left_out(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    locked, done = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> int:
        found = await lock_open_alerts(connection, limit=9, coalesce_seconds=0)
        locked.set()
        await done.wait()
        return len(found)

    async with asyncio.timeout(4), asyncio.TaskGroup() as group:
        other = group.create_task(database.transaction(work))
        await locked.wait()
        assert await lock(database) == []
        done.set()
    assert other.result() == 2
    assert [one.alert.event for one in await lock(database)] == [purchase(1), purchase(2)]


async def test_at_first_only_a_few_watches_are_decided_and_then_as_many_as_allowed(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    (opened,) = await lock(database)
    assert (opened.is_new, opened.max_watches) == (True, FIRST)
    await decide(database, opened, *range(1, FIRST + 1))
    (opened,) = await lock(database, limit=1_000)
    assert (opened.is_new, opened.max_watches) == (False, 1_000)
    assert (opened.last_watch_id, opened.watches_decided) == (FIRST, FIRST)


async def test_an_alert_is_fanned_out_when_fewer_watches_are_left_than_allowed(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 1, 2)
    assert await open_alerts(database) == 1
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 3)
    assert await open_alerts(database) == 0


async def test_of_a_burst_the_first_goes_at_once_and_the_others_together(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(3)))
    first, *others = await lock(database, coalesce_seconds=60)
    assert first.coalesce_until is None
    assert {one.coalesce_until for one in others} == {others[0].coalesce_until} != {None}
    assert [one.coalesce_until for one in await lock(database, coalesce_seconds=0)] == [None] * 3
