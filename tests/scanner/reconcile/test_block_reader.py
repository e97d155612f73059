"""A block that cannot be read at all is fetched again, and quarantined after some tries.
Which slots are covered, whatever nodes say of those without a block.
What the next slots hold: pushed blocks first, and of each gap a node is asked.
"""

from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.slot_bound import MAX_AHEAD_SECONDS
from chain.stream.messages import PushedBlock
from domain.errors import NodeUnavailable
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.reconcile.block_fetcher import BlockBuffer, BlockFetcher, FetchedBlock, MissingBlock
from scanner.reconcile.block_reader import (
    MAX_BACK_SECONDS,
    MAX_TRIES,
    NO_PARENT,
    BlockReader,
    CoveredSlots,
    NextSlots,
    covered_slots,
)
from scanner.reconcile.sync_state import MissingSlots, SyncState
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconcile.slots import ReadBlock, covered
from tests.scanner.reconciling import steps

FIRST = 1_000
NOW = 1_795_000_000
RAW = msgspec.Raw(b'{"pushed": true}')


def timed(slot: int, time: int) -> FetchedBlock:
    raw = f'{{"parentSlot":{slot - 1},"blockTime":{time},"transactions":[]}}'
    return FetchedBlock(slot=slot, raw=msgspec.Raw(raw.encode()))


@pytest.mark.parametrize("time", [NOW + MAX_AHEAD_SECONDS + 1, NOW - 3_600 - MAX_BACK_SECONDS - 1])
def test_scenario_99_a_block_whose_time_cannot_be_is_looked_at_again_and_then_taken_without_it(
    time: int,
) -> None:
    recorder = cast("Recorder", None)  # nothing is committed
    sink = Committer(recorder, Decoder(chain="sandbox"), WatchedWallets())
    reader = BlockReader(sink, clock=lambda: NOW)
    before = reader.read(timed(6, NOW - 3_600))
    assert before is not None
    assert before.block_time == NOW - 3_600
    for _ in range(MAX_TRIES - 1):
        assert reader.read(timed(7, time)) is None
    block = reader.read(timed(7, time))
    assert block is not None
    assert (block.parent_slot, block.block_time) == (6, None)
    assert reader.read(timed(8, NOW)) is not None


def test_a_block_that_cannot_be_read_is_fetched_again_and_then_quarantined() -> None:
    recorder = cast("Recorder", None)  # nothing is committed
    reader = BlockReader(Committer(recorder, Decoder(chain="sandbox"), WatchedWallets()))
    garbage = FetchedBlock(slot=7, raw=msgspec.Raw(b'{"transactions": 3}'))
    for _ in range(MAX_TRIES - 1):
        assert reader.read(garbage) is None
    block = reader.read(garbage)
    assert block is not None
    assert block.parent_slot == NO_PARENT
    assert [quarantined.raw for quarantined in block.quarantined] == [b'{"transactions": 3}']
    assert reader.read(garbage) is None


def block(slot: int, parent: int) -> ReadBlock:
    return ReadBlock(slot, parent)


def test_blocks_in_a_row_are_covered() -> None:
    assert covered(10, [block(11, 10), block(12, 11)]) == CoveredSlots(upto=12)


def test_a_slot_is_skipped_when_a_later_block_says_so() -> None:
    assert covered(
        10, [MissingBlock(slot=11, reported_by="a"), MissingBlock(slot=12), block(13, 10)]
    ) == CoveredSlots(upto=13)


def test_a_slot_at_the_end_waits_for_a_later_block() -> None:
    assert covered(10, [block(11, 10), MissingBlock(slot=12, reported_by="a")]) == CoveredSlots(upto=11)
    assert covered(10, []) == CoveredSlots(upto=10)


def test_a_parent_that_was_called_skipped_is_missing() -> None:
    lie = MissingBlock(slot=12, reported_by="liar")
    results: list[ReadBlock | MissingBlock] = [
        block(11, 10),
        lie,
        MissingBlock(slot=13, reported_by="a"),
        block(14, 12),
    ]
    assert covered(10, results) == CoveredSlots(upto=11, missing=lie)


def test_the_last_block_before_a_restart_may_lie_before_the_cursor() -> None:
    assert covered(10, [MissingBlock(slot=11), block(12, 7)]) == CoveredSlots(upto=12)


def test_a_block_that_cannot_be_read_proves_nothing_of_what_was_called_skipped() -> None:
    lie = MissingBlock(slot=11, reported_by="liar")
    assert covered(10, [lie, block(12, NO_PARENT)]) == CoveredSlots(upto=10, missing=lie)
    assert covered(10, [block(11, 10), block(12, NO_PARENT)]) == CoveredSlots(upto=12)
    assert covered(10, [block(14, NO_PARENT)]) == CoveredSlots(upto=10, missing=MissingBlock(slot=13))


def test_a_block_that_says_to_follow_a_later_one_is_not_believed() -> None:
    assert covered(10, [block(11, 10**12), block(12, 11)]) == CoveredSlots(
        upto=10, missing=MissingBlock(slot=11)
    )
    assert covered(10, [block(11, 11)]) == CoveredSlots(upto=10)


def test_a_block_that_is_to_be_fetched_again_counts_as_missing() -> None:
    results = [FetchedBlock(slot=11, raw=Raw(b"{")), FetchedBlock(slot=12, raw=Raw(b"{}"))]
    assert covered_slots(10, results, {12: 11}) == CoveredSlots(upto=10, missing=MissingBlock(slot=11))


@given(
    produced=st.lists(st.booleans(), min_size=1, max_size=40),
    denied=st.sets(st.integers(0, 39)),
    start=st.integers(0, 100),
)
def test_no_slot_with_a_block_is_ever_passed(produced: list[bool], denied: set[int], start: int) -> None:
    results: list[ReadBlock | MissingBlock] = []
    parent = start
    for index, has_block in enumerate(produced):
        slot = start + 1 + index
        results.append(block(slot, parent) if has_block and index not in denied else MissingBlock(slot=slot))
        parent = slot if has_block else parent
    upto = covered(start, results).upto
    passed = [
        index for index, has in enumerate(produced) if has and index in denied and start + 1 + index <= upto
    ]
    assert passed == []


def next_slots(rpc: RpcPool, buffer: BlockBuffer) -> NextSlots:
    fetcher = BlockFetcher(rpc, commitment="confirmed")
    return NextSlots(fetcher, buffer, providers=rpc.names, max_at_once=4)


def state(cursor: int) -> SyncState:
    return SyncState(cursor=cursor, missing=MissingSlots(("node",), patience=60))


def pushed(slot: int, parent: int, name: str = "") -> PushedBlock:
    return PushedBlock(
        slot=slot,
        parent_slot=parent,
        blockhash=name or f"hash of {slot}",
        previous_blockhash=f"hash of {parent}",
        raw=RAW,
    )


@pytest.mark.enable_socket
async def test_pushed_blocks_are_taken_and_only_what_lies_before_them_is_fetched() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await steps(chain, 8)
        buffer = BlockBuffer()
        buffer.put(pushed(FIRST + 3, FIRST + 2))
        buffer.put(pushed(FIRST + 4, FIRST + 3))
        results = await next_slots(rpc, buffer).after_cursor(state(FIRST), FIRST + 6)
    assert [one.slot for one in results] == [FIRST + 1, FIRST + 2, FIRST + 3, FIRST + 4]
    blocks = [one for one in results if isinstance(one, FetchedBlock)]
    assert [one.raw == RAW for one in blocks] == [False, False, True, True]


@pytest.mark.enable_socket
async def test_where_slots_end_without_a_block_the_next_block_proves_them() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await steps(chain, 1)
        chain.faults.add(Fault(fault="skip_slot", times=6))
        await steps(chain, 12)
        head = chain.api.slot - 1
        results = await next_slots(rpc, BlockBuffer()).after_cursor(state(FIRST + 2), head)
    assert [type(one) for one in results] == [*[MissingBlock] * 4, FetchedBlock]


@pytest.mark.enable_socket
async def test_of_a_disputed_slot_a_node_gives_the_right_block() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await steps(chain, 6)
        buffer = BlockBuffer()
        buffer.put(pushed(FIRST + 2, FIRST + 1))
        buffer.put(pushed(FIRST + 2, FIRST + 1, name="another"))
        made = next_slots(rpc, buffer)
        assert await made.refetch_disputed(FIRST + 1) == []
        (block,) = await made.refetch_disputed(FIRST + 2)
        assert block.slot == FIRST + 2
        chain.faults.add(Fault(fault="forbidden", times=None))
        with pytest.raises(NodeUnavailable, match="which block"):
            await made.refetch_disputed(FIRST + 2)
