"""Leases: one owner at a time, a new epoch for each new owner.
Periodic work is done once per tick, however many schedulers start it.
"""

import asyncio

import pytest

from storage.coordination.leases import (
    Fence,
    Fenced,
    check_fences,
    drop_lease,
    drop_leases,
    finish_tick,
    is_open,
    take_lease,
    take_leases,
    take_tick,
)
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


@pytest.mark.parametrize("amid", ["between two statements", "between the messages of one"])
async def test_an_owner_that_stops_amid_its_transaction_keeps_nobody_from_the_lease(
    amid: str, database: Database
) -> None:
    epoch = await take_lease(database, name="lead", owner="a", seconds=1)
    assert epoch == 1
    stopped, woken = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> None:
        await check_fences(connection, [Fence(name="lead", owner="a", epoch=1)])
        if amid == "between the messages of one":
            await connection.prepare("SELECT 1")  # parsed; the server does not call this idle
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


async def test_several_are_taken_together_except_those_of_other_owners(database: Database) -> None:
    await take_lease(database, name="b", owner="other", seconds=60)
    owned = await take_leases(database, names=["c", "b", "a"], owner="me", seconds=60)
    assert owned == {"a": 1, "c": 1}
    await drop_leases(database, names=["a", "b"], owner="me")
    assert await take_leases(database, names=["a", "b", "c"], owner="next", seconds=60) == {"a": 2}


async def test_a_transaction_goes_on_only_while_all_its_leases_stand(database: Database) -> None:
    owned = await take_leases(database, names=["a", "b"], owner="me", seconds=60)
    fences = [Fence(name=name, owner="me", epoch=epoch) for name, epoch in owned.items()]

    async def work(connection: Connection) -> None:
        await check_fences(connection, fences)

    await database.transaction(work)
    await drop_leases(database, names=["b"], owner="me")
    with pytest.raises(Fenced, match="the owner of b has lost its lease"):
        await database.transaction(work)


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
