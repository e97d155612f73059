"""Which partitions are ours: shared evenly, given back in order, and given up when no server answers."""

import asyncio

import pytest

from domain.errors import DatabaseUnavailable
from domain.sharding import ALL_PARTITIONS
from scanner import membership as membership_module
from scanner.membership import Instance
from scanner.pipeline import partitions as partitions_module
from scanner.pipeline.partitions import HEARTBEAT_SECONDS, LEASE_SECONDS, SILENT_SECONDS, Partitions
from storage.postgres import Database
from tests.scanner.world import CHAIN, until

pytestmark = pytest.mark.services


def member(database: Database, name: str) -> Partitions:
    return Partitions(Instance(database=database, chain=CHAIN, instance_id=name))


def test_a_dead_processors_partitions_are_taken_over_within_ten_seconds() -> None:
    assert max(LEASE_SECONDS, SILENT_SECONDS) + 2 * HEARTBEAT_SECONDS < 10
    assert HEARTBEAT_SECONDS * 3 < LEASE_SECONDS


async def test_one_has_all_and_a_newcomer_gets_half(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    await one.update()
    assert one.owned.keys() == ALL_PARTITIONS
    await other.update()
    assert other.owned == {}  # the first has not let go
    await one.update()
    await other.update()
    assert len(one.owned) == len(other.owned) == len(ALL_PARTITIONS) // 2
    assert not one.owned.keys() & other.owned.keys()


async def test_who_leaves_hands_over_at_once(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    await one.update()
    await one.leave()
    assert one.owned == {}
    await other.update()
    assert other.owned.keys() == ALL_PARTITIONS
    assert {fence.epoch for fence in other.owned.values()} == {2}


async def test_a_lease_that_cannot_be_renewed_is_not_relied_on_beyond_its_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> frozenset[str]:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(partitions_module, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(partitions_module, "LEASE_SECONDS", 0.2)
    mine = member(database, "a")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(mine.run())
        await until(lambda: mine.owned)
        monkeypatch.setattr(membership_module, "membership_heartbeat", away)
        await until(lambda: not mine.owned, 5)
        running.cancel()


async def test_who_was_fenced_asks_again_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions_module, "HEARTBEAT_SECONDS", 60.0)
    mine = member(database, "a")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(mine.run())
        await until(lambda: mine.owned)
        mine.fenced()
        assert mine.owned == {}
        await until(lambda: mine.owned, 5)
        running.cancel()
