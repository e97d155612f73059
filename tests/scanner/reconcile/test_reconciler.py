"""The reconciliation, step by step, on a chain whose slots are made by hand.
The states of what is assigned: begun where wallets are complete, dropped, and merged when level.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import cast

import msgspec
import pytest

from chain.stream.messages import PushedBlock, read_frame
from domain.errors import NodeUnavailable
from domain.sharding import ALL_BUCKETS
from runtime.observability.metrics import rpc_requests
from sandbox.chain.faults import Fault
from sandbox.chain.node.blocks import Commitment
from sandbox.chain.rpc.responses import Shape, block_json
from sandbox.chain.server import SandboxChain
from scanner.commit.sink import FEED, CommitSink, SyncedSlots
from scanner.reconcile.reconciler import AssignedStates
from scanner.reconcile.sync_state import SyncConfig
from scanner.roles import UNASSIGNED, Assignment
from storage.coordination.leases import Fence
from storage.ingest.cursors import begin_shards
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import CONFIG, cursor_in, reconciling, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, stored, until

pytestmark = pytest.mark.services
HALF = frozenset(range(128))
REST = ALL_BUCKETS - HALF


def config(**settings: float) -> SyncConfig:
    return SyncConfig(chain=CHAIN, **settings)  # type: ignore[arg-type]


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=40)) as running:
        await steps(running, 5)
        yield running


async def test_the_first_start_is_at_the_head(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    whale.trade(3)
    await steps(chain, 4)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
    assert await stored(database, whale) == []
    assert await cursor_in(database) == reconciled.head


async def test_a_later_start_goes_on_at_the_cursor(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
    whale.trade(3)
    await steps(chain, 20)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)
    assert await cursor_in(database) == reconciled.head


async def test_skipped_slots_are_passed_once_a_later_block_proves_them(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        chain.faults.add(Fault(fault="skip_slot", times=12))
        await steps(chain, 20)
        await until_still(reconciled)
        assert await cursor_in(database) == reconciled.head
    assert await database.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_the_cursor_waits_at_a_block_that_is_denied(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        slot = chain.api.slot
        whale.trade(1)
        chain.faults.add(Fault(fault="lying", slot=slot, times=None))
        await steps(chain, 6)
        await until_still(reconciled)
        assert await cursor_in(database) == slot - 1
        chain.faults.clear()
        await until_still(reconciled)
    assert await stored(database, whale) == whale.done


async def test_a_block_that_stays_denied_is_quarantined_in_the_end_and_logged(
    chain: SandboxChain, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with reconciling(chain, database, config=config(patience_seconds=0)) as reconciled:
        await until_still(reconciled)
        slot = chain.api.slot
        chain.faults.add(Fault(fault="lying", slot=slot, times=None))
        await steps(chain, 6)
        for _ in range(5):
            await reconciled.step()
    assert await cursor_in(database) == reconciled.head
    assert await database.fetchval("SELECT slot FROM quarantine") == slot
    assert "Quarantined" in caplog.text


async def test_slots_that_no_node_keeps_are_quarantined_as_a_range(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database, config=config(patience_seconds=0)) as reconciled:
        await until_still(reconciled)
        first = reconciled.head + 1
        await steps(chain, 100)
        for _ in range(30):
            await reconciled.step()
    assert await cursor_in(database) == reconciled.head
    row = await database.fetchrow("SELECT slot, reason FROM quarantine")
    assert row is not None
    assert row["slot"] == first
    assert f"slots {first} to" in row["reason"]


async def test_nothing_moves_while_no_node_answers(chain: SandboxChain, database: Database) -> None:
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        before = await cursor_in(database)
        await steps(chain, 3)
        chain.faults.add(Fault(fault="forbidden", times=None))
        with pytest.raises(NodeUnavailable):
            await reconciled.step()
        assert await cursor_in(database) == before


async def test_a_node_that_jumps_back_moves_nothing(chain: SandboxChain, database: Database) -> None:
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        before = await cursor_in(database)
        chain.faults.add(Fault(fault="lag", slots=4, times=None))
        assert await reconciled.step() == 0
        assert await cursor_in(database) == before


async def test_far_behind_it_keeps_to_its_rate(chain: SandboxChain, database: Database) -> None:
    async with reconciling(chain, database, config=config(per_second=20, poll_seconds=0.25)) as reconciled:
        await until_still(reconciled)
        assert reconciled.reconciler._pause(0, 0.0) == 0.25
        await steps(chain, 30)
        moved = await reconciled.step()
        assert moved == 8
        assert reconciled.reconciler._pause(moved, 0.1) == pytest.approx(8 / 20 - 0.1)


async def test_a_range_of_slots_without_blocks_is_no_reason_to_wait_for_each_of_them(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database, config=config(per_second=20)) as reconciled:
        await until_still(reconciled)
        chain.faults.add(Fault(fault="skip_slot", times=3_000))
        await steps(chain, 20)
        while (moved := await reconciled.step()) < 3_000:
            assert moved or reconciled.cursor != reconciled.head
        assert reconciled.reconciler._pause(moved, 0.0) <= 8 / 20


async def test_where_nobody_answers_fewer_slots_are_asked_for_together(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        await steps(chain, 30)
        chain.faults.add(Fault(fault="lag", methods=("getBlock", "getBlocks"), slots=30, times=None))
        for width in (4, 2, 1, 1):
            assert await reconciled.step() == 0
            assert reconciled.state.width == width
        chain.faults.clear()
        assert [await reconciled.step() for _ in range(4)] == [1, 2, 4, 8]


async def test_a_new_slot_is_looked_at_without_waiting_for_the_time_to_ask(
    chain: SandboxChain, database: Database
) -> None:
    async with (
        reconciling(chain, database, config=config(poll_seconds=20)) as reconciled,
        asyncio.TaskGroup() as group,
    ):
        running = group.create_task(reconciled.reconciler.run())
        await until(lambda: reconciled.cursor is not None and reconciled.cursor == reconciled.head)
        before = reconciled.head
        await steps(chain, 2)
        reconciled.context.wake.set()
        await until(lambda: reconciled.cursor == before + 2)
        running.cancel()


def pushed_block(chain: SandboxChain, slot: int, *, name: str = "", parent: int | None = None) -> PushedBlock:
    """A block of the chain as blockSubscribe pushes it; `name` and `parent`: as it may push it besides."""
    block = chain.chain.history.block(slot)
    assert block is not None
    shape = Shape(encoding="json", details="full", rewards=False, max_version=1)
    written = block_json(block, shape)
    if parent is not None:
        written |= {"parentSlot": parent}
    frame = {"slot": slot, "block": written | ({"blockhash": name} if name else {}), "err": None}
    params = {"result": {"context": {"slot": slot}, "value": frame}, "subscription": 1}
    pushed = read_frame(msgspec.json.encode({"method": "blockNotification", "params": params}))
    assert isinstance(pushed, PushedBlock)
    return pushed


def asked(*methods: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(
        one.value for one in samples if one.name.endswith("_total") and one.labels["method"] in methods
    )


async def test_blocks_that_a_stream_pushed_are_not_asked_for(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        before = asked("getBlock", "getSlot")
        for _ in range(6):
            chain.faults.add(Fault(fault="skip_slot"))
            whale.trade(2)
            await steps(chain, 1)
            reconciled.push(pushed_block(chain, chain.chain.history.tip(Commitment.confirmed).slot))
            await reconciled.step()
        assert await cursor_in(database) == chain.chain.history.tip(Commitment.confirmed).slot
        assert asked("getBlock", "getSlot") == before
        await steps(chain, 2)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)


async def test_a_block_that_no_stream_pushed_is_asked_for_alone(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        start = await cursor_in(database)
        for _ in range(6):
            whale.trade(1)
            await steps(chain, 1)
        await steps(chain, 2)
        before = asked("getBlock")
        for slot in (start + 1, start + 2, start + 4, start + 5, start + 6, start + 7):
            reconciled.push(pushed_block(chain, slot))
        await reconciled.step()
        await reconciled.step()
        assert asked("getBlock") - before == 1
        assert await cursor_in(database) == start + 7
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)


async def test_of_a_slot_pushed_with_two_parents_the_node_is_asked_even_when_it_was_passed(
    chain: SandboxChain, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        start = await cursor_in(database)
        whale.trade(1)
        await steps(chain, 1)
        true = chain.chain.history.tip(Commitment.processed).slot
        await steps(chain, 3)
        empty = pushed_block(chain, start, name="of another fork")  # what the slot was first said to hold
        reconciled.push(replace(empty, slot=true, parent_slot=start))
        await reconciled.step()
        assert await cursor_in(database) >= true
        assert await stored(database, whale) == []
        reconciled.push(pushed_block(chain, true, parent=start - 1))
        reconciled.push(pushed_block(chain, true + 1))
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)
    assert "Two different blocks of slot" in caplog.text


async def test_a_pushed_block_that_cannot_be_read_is_asked_for(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with reconciling(chain, database) as reconciled:
        await until_still(reconciled)
        whale.trade(1)
        await steps(chain, 1)
        slot = chain.chain.history.tip(Commitment.processed).slot
        await steps(chain, 3)
        reconciled.push(replace(pushed_block(chain, slot), raw=msgspec.Raw(b'{"parentSlot": 1}')))
        await until_still(reconciled)
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)
    assert await database.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_a_block_that_waited_in_a_buffer_while_it_stood_still_does_not_hide_that(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database, config=config(blind_seconds=0.2)) as reconciled:
        await until_still(reconciled)
        start = await cursor_in(database)
        await steps(chain, 3)
        waited = pushed_block(chain, start + 1)
        await steps(chain, 60)
        await asyncio.sleep(0.3)
        reconciled.push(waited)
        await reconciled.step()
    assert await database.fetchval("SELECT lower(slots) FROM outages") == start + 1


async def test_while_streams_push_blocks_nodes_may_be_away_and_nobody_was_blind(
    chain: SandboxChain, database: Database
) -> None:
    async with reconciling(chain, database, config=config(blind_seconds=3.0)) as reconciled:
        await until_still(reconciled)
        for _ in range(40):
            await steps(chain, 1)
            pushed = pushed_block(chain, chain.chain.history.tip(Commitment.confirmed).slot)
            chain.faults.add(Fault(fault="server_error", times=None))
            reconciled.push(pushed)
            await reconciled.step()
            await asyncio.sleep(0.1)
        moved = "SELECT updated_at > now() - interval '1 second' FROM cursors"
        assert await database.fetchval(moved)
        assert await database.fetchval("SELECT count(*) FROM outages") == 0


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
