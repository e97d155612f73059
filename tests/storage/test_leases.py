"""Leases: one holder at a time, a new epoch for each new holder."""

import asyncio

import pytest

from storage.leases import drop_lease, take_lease
from storage.postgres import Database

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
