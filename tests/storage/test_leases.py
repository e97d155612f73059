"""Leases: one holder at a time, a new epoch for each new holder."""

import asyncio

import pytest

from storage.leases import Fence, check_fence, drop_lease, take_lease
from storage.postgres import Connection, Database

pytestmark = pytest.mark.services


async def test_one_of_many_gets_the_lease_and_renews_it(database: Database) -> None:
    epochs = await asyncio.gather(
        *(take_lease(database, name="poll", owner=f"{n}", seconds=60) for n in range(6))
    )
    assert [epoch for epoch in epochs if epoch is not None] == [1]
    winner = str(next(n for n, epoch in enumerate(epochs) if epoch is not None))
    assert await take_lease(database, name="poll", owner=winner, seconds=60) == 1


async def test_a_successor_gets_the_next_epoch(database: Database) -> None:
    await take_lease(database, name="poll", owner="a", seconds=60)
    assert await take_lease(database, name="poll", owner="b", seconds=60) is None
    await drop_lease(database, name="poll", owner="a")
    assert await take_lease(database, name="poll", owner="b", seconds=60) == 2
    assert await take_lease(database, name="poll", owner="a", seconds=60) is None


async def test_who_is_stopped_within_a_fenced_transaction_does_not_keep_his_successor_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process does that gets SIGSTOP: its transaction stays open, and locks the lease."""
    monkeypatch.setattr("storage.leases.IDLE_AT_MOST", "300ms")
    epoch = await take_lease(database, name="scanner", owner="a", seconds=0.1)
    assert epoch == 1
    stopped, tries = asyncio.Event(), 0

    async def write(connection: Connection) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await check_fence(connection, Fence(name="scanner", owner="a", epoch=1))
            stopped.set()
            await asyncio.sleep(1.5)
        await connection.execute("SELECT 1")

    async with asyncio.TaskGroup() as group:
        group.create_task(database.transaction(write))
        await stopped.wait()
        await asyncio.sleep(0.15)
        async with asyncio.timeout(1.2):
            while await take_lease(database, name="scanner", owner="b", seconds=60) is None:
                await asyncio.sleep(0.02)
    assert tries == 2
