"""The heartbeat of a process, until it leaves."""

import asyncio

import pytest

from runtime.processes.lifecycle import Stop
from storage.coordination.heartbeat import Heartbeat
from storage.coordination.instances import instances
from storage.postgres import Database


@pytest.mark.services
async def test_the_heartbeat_runs_until_the_stop_and_then_deletes_its_row(database: Database) -> None:
    heartbeat = Heartbeat(database, instance_id="notifications-1", program="notifications")
    stop = Stop()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(heartbeat.run(stop))
        while not await instances(database):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.01)
        stop.set()
    assert [one.program for one in await instances(database)] == ["notifications"]
    await heartbeat.leave()
    assert await instances(database) == []


@pytest.mark.services
async def test_a_database_that_is_away_does_not_end_the_heartbeat(database: Database) -> None:
    heartbeat = Heartbeat(database, instance_id="n", program="notifications")
    await database.close()
    stop = Stop()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(heartbeat.run(stop))
        await asyncio.sleep(0.1)
        assert not task.done()
        stop.set()
    await heartbeat.leave()
