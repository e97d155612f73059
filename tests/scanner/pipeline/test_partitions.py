"""Which strands are ours: shared evenly, given back in order, and given up when nobody can be asked."""

import asyncio

import pytest

from domain.errors import DatabaseUnavailable
from domain.sharding import ALL_PARTITIONS
from scanner.pipeline import partitions as partitions_module
from scanner.pipeline.partitions import LEASE_SECONDS, LOOK_SECONDS, SILENT_SECONDS, Partitions, Post
from storage.postgres import Database
from tests.scanner.world import CHAIN, until

pytestmark = pytest.mark.services


def member(database: Database, name: str) -> Partitions:
    return Partitions(Post(database=database, chain=CHAIN, instance_id=name))


def test_a_dead_processors_strands_are_taken_over_within_ten_seconds() -> None:
    assert max(LEASE_SECONDS, SILENT_SECONDS) + 2 * LOOK_SECONDS < 10
    assert LOOK_SECONDS * 3 < LEASE_SECONDS


async def test_one_has_all_and_a_newcomer_gets_half(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    await one.look()
    assert one.held.keys() == ALL_PARTITIONS
    await other.look()
    assert other.held == {}  # the first has not let go
    await one.look()
    await other.look()
    assert len(one.held) == len(other.held) == len(ALL_PARTITIONS) // 2
    assert not one.held.keys() & other.held.keys()


async def test_who_leaves_hands_over_at_once(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    await one.look()
    await one.leave()
    assert one.held == {}
    await other.look()
    assert other.held.keys() == ALL_PARTITIONS
    assert {fence.epoch for fence in other.held.values()} == {2}


async def test_a_lease_that_cannot_be_renewed_is_not_relied_on_beyond_its_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> frozenset[str]:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(partitions_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(partitions_module, "LEASE_SECONDS", 0.2)
    mine = member(database, "a")
    async with asyncio.TaskGroup() as group:
        fetcher = group.create_task(mine.run())
        await until(lambda: mine.held)
        monkeypatch.setattr(partitions_module, "membership_heartbeat", away)
        await until(lambda: not mine.held, 5)
        fetcher.cancel()


async def test_who_was_fenced_looks_again_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions_module, "LOOK_SECONDS", 60.0)
    mine = member(database, "a")
    async with asyncio.TaskGroup() as group:
        fetcher = group.create_task(mine.run())
        await until(lambda: mine.held)
        mine.fenced()
        assert mine.held == {}
        await until(lambda: mine.held, 5)
        fetcher.cancel()
