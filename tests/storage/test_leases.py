"""Leases: one holder at a time, a new epoch for each new holder."""

import asyncio

import pytest

from storage.leases import Fence, Fenced, check_fence, drop_lease, take_lease
from storage.postgres import IDLE_SECONDS, Connection, Database

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


async def test_a_holder_that_stops_amid_its_transaction_keeps_nobody_from_the_lease(
    database: Database,
) -> None:
    epoch = await take_lease(database, name="lead", owner="a", seconds=1)
    assert epoch == 1
    stopped, woken = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> None:
        await check_fence(connection, Fence(name="lead", owner="a", epoch=1))
        stopped.set()
        await woken.wait()
        await connection.execute("SELECT 1")

    async def successor() -> int:
        while True:
            taken = await take_lease(database, name="lead", owner="b", seconds=60)
            if taken is not None:
                return taken
            await asyncio.sleep(0.1)

    async def stopped_one() -> None:
        with pytest.raises(Fenced):
            await database.transaction(work)

    async with asyncio.timeout(2 * IDLE_SECONDS + 2), asyncio.TaskGroup() as group:
        group.create_task(stopped_one())
        await stopped.wait()
        assert await successor() == 2
        woken.set()
