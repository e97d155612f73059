"""Periodic work is done once per tick, however many schedulers start it."""

import asyncio

import pytest

from storage.coordination.ticks import finish_tick, is_open, take_tick
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_h91_of_many_schedulers_one_gets_the_tick(database: Database) -> None:
    assert await is_open(database, "cleanup")
    takers = (take_tick(database, "cleanup", owner=f"w{n}", seconds=60) for n in range(8))
    taken = [tick for tick in await asyncio.gather(*takers) if tick is not None]
    assert len(taken) == 1
    assert not await is_open(database, "cleanup")
    assert await is_open(database, "something else")


async def test_the_work_of_a_dead_worker_is_taken_over_and_done_work_is_not(database: Database) -> None:
    tick = await take_tick(database, "cleanup", owner="dead", seconds=0)
    assert tick is not None
    assert await is_open(database, "cleanup")
    assert await take_tick(database, "cleanup", owner="next", seconds=60) == tick
    await finish_tick(database, "cleanup", tick, owner="dead", report={})
    assert await database.fetchval("SELECT done_at FROM ticks") is None
    assert not await is_open(database, "cleanup")
    await finish_tick(database, "cleanup", tick, owner="next", report={"updates": 5})
    assert await database.fetchval("SELECT (report->>'updates')::int FROM ticks") == 5
    assert await database.fetchval("SELECT count(*) FROM leases WHERE expires_at > now()") == 0
    assert not await is_open(database, "cleanup")
    assert await take_tick(database, "cleanup", owner="w", seconds=60) is None
    assert await database.fetchval("SELECT count(*) FROM leases WHERE expires_at > now()") == 0
