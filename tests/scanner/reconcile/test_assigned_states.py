"""The states of what is assigned: begun where wallets are complete, dropped, and merged when level."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from domain.sharding import ALL_BUCKETS
from scanner.commit.sink import FEED, CommitSink, SyncedSlots
from scanner.reconcile.assigned_states import AssignedStates
from scanner.roles import UNASSIGNED, Assignment
from storage.coordination.leases import Fence
from storage.ingest.shards import begin_shards
from storage.postgres import Database
from tests.scanner.reconciling import CONFIG
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services

HALF = frozenset(range(128))
REST = ALL_BUCKETS - HALF


@dataclass
class Checkpoints:
    """A sink that only remembers where feeds begin."""

    slots: list[int] = field(default_factory=list)

    async def checkpoint(self, slots: SyncedSlots) -> None:
        self.slots.append(slots.upto)


def states(database: Database, sink: Checkpoints) -> AssignedStates:
    return AssignedStates(database, cast("CommitSink", sink), CONFIG, providers=("node",))


async def test_what_was_never_read_begins_at_the_head_and_says_so_first(database: Database) -> None:
    sink = Checkpoints()
    made = states(database, sink)
    await made.assign(Assignment(), 77)
    assert made.first is not None
    assert (made.first.cursor, made.first.buckets, sink.slots) == (77, None, [77])
    first = made.first
    await made.assign(Assignment(), 90)
    assert made.first is first


async def test_what_was_read_goes_on_at_the_stored_cursor(database: Database) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=33)
    sink = Checkpoints()
    made = states(database, sink)
    await made.assign(Assignment(), 77)
    assert made.first is not None
    assert (made.first.cursor, sink.slots) == (33, [])


async def test_another_epoch_begins_where_the_other_leader_left_off(database: Database) -> None:
    made = states(database, Checkpoints())
    await made.assign(Assignment(fence=Fence(name="scanner", owner="a", epoch=1)), 77)
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=80)
    await made.assign(Assignment(fence=Fence(name="scanner", owner="a", epoch=3)), 90)
    assert made.first is not None
    assert made.first.cursor == 80


async def test_nothing_is_left_of_what_is_assigned_to_others(database: Database) -> None:
    made = states(database, Checkpoints())
    await made.assign(Assignment(buckets=ALL_BUCKETS), 77)
    await made.assign(Assignment(buckets=HALF), 77)
    assert made.first is not None
    assert made.first.buckets == HALF
    await made.assign(UNASSIGNED, 77)
    assert [*made.all] == [None]


async def test_buckets_that_are_late_follow_behind_and_merge_when_they_are_level(
    database: Database,
) -> None:
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=50)
    made = states(database, Checkpoints())
    await made.assign(Assignment(buckets=HALF), 77)
    assert made.first is not None
    made.first.cursor = 70
    await made.assign(Assignment(buckets=ALL_BUCKETS), 77)
    (late,) = made.behind
    assert (late.cursor, late.buckets) == (50, REST)
    made.merge(late)
    assert made.behind == [late]
    late.cursor = 70
    made.merge(late)
    assert (made.behind, made.first.buckets) == ([], ALL_BUCKETS)
