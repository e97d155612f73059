"""What the next slots hold: pushed blocks first, and of each gap a node is asked."""

import msgspec
import pytest

from chain.rpc.pool import RpcPool, open_rpc
from chain.stream.messages import PushedBlock
from domain.errors import NodeUnavailable
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.block_fetcher import BlockFetcher
from scanner.reconcile.missing_slots import MissingSlots
from scanner.reconcile.next_slots import NextSlots
from scanner.reconcile.slot_result import FetchedBlock, MissingBlock
from scanner.reconcile.sync_state import SyncState
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import steps

pytestmark = pytest.mark.enable_socket

FIRST = 1_000
RAW = msgspec.Raw(b'{"pushed": true}')


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


async def test_where_slots_end_without_a_block_the_next_block_proves_them() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await steps(chain, 1)
        chain.faults.add(Fault(fault="skip_slot", times=6))
        await steps(chain, 12)
        head = chain.api.slot - 1
        results = await next_slots(rpc, BlockBuffer()).after_cursor(state(FIRST + 2), head)
    assert [type(one) for one in results] == [*[MissingBlock] * 4, FetchedBlock]


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
