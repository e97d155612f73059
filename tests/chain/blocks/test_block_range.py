"""A stretch of blocks: complete by the blocks' own parents, whatever lists and nodes say."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from chain.blocks.block_range import MAX_SLOTS_AHEAD, BlockRange, read_block_range
from chain.rpc.errors import Skipped
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import NodeUnavailable, Undecodable, WhaleWatcherError
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain import samples
from tests.chain.nodes import error, node, result
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.enable_socket
Blocks = dict[int, Any]


def empty(parent: int, *transactions: Any) -> dict[str, Any]:
    return {"blockhash": "b", "previousBlockhash": "a", "parentSlot": parent, "transactions": transactions}


def serving(
    blocks: Blocks, listed: list[int], *, head: int = 110
) -> Callable[[dict[str, Any]], web.Response]:
    """A node with these blocks and this list of them; a number in place of a block is an error."""

    def answer(request: dict[str, Any]) -> web.Response:
        if request["method"] == "getSlot":
            return result(head)
        if request["method"] == "getBlocks":
            first, last, _ = request["params"]
            return result([slot for slot in listed if first <= slot <= last])
        found = blocks[request["params"][0]]
        return error(found) if isinstance(found, int) else result(found)

    return answer


async def block_range(rpc: RpcPool, *, after: int = 100, limit: int = 8) -> BlockRange:
    return await read_block_range(rpc, after=after, limit=limit, chain="solana", commitment="confirmed")


async def read(blocks: Blocks, listed: list[int], *, limit: int = 8, head: int = 110) -> BlockRange:
    async with node(serving(blocks, listed, head=head)) as url, open_rpc([Secret(url)]) as rpc:
        return await block_range(rpc, limit=limit)


async def fault(blocks: Blocks, listed: list[int], *, head: int = 110) -> WhaleWatcherError:
    """Return what is raised in place of a stretch."""
    async with node(serving(blocks, listed, head=head)) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(WhaleWatcherError) as caught:
            await block_range(rpc)
    return caught.value


async def test_skipped_slots_count_when_a_later_block_proves_them() -> None:
    swap = samples.swap()
    blocks = {101: empty(100), 104: empty(101, {"transaction": swap["transaction"], "meta": swap["meta"]})}
    found = await read(blocks, [101, 104])
    assert (found.upto, found.is_at_head) == (104, True)
    (activity,) = found.activities
    assert (activity.wallet, activity.slot) == (samples.address("trader"), 104)


async def test_it_reads_no_more_than_it_is_asked_for() -> None:
    found = await read(
        {slot: empty(slot - 1) for slot in range(101, 106)}, [101, 102, 103, 104, 105], limit=3
    )
    assert (found.upto, found.is_at_head) == (103, False)


async def test_a_list_that_leaves_out_a_block_is_found_out() -> None:
    blocks = {101: empty(100), 103: empty(102)}
    assert (await read(blocks, [101, 103])).upto == 101
    assert "slot 102, which exists" in str(await fault({103: empty(102)}, [103]))


async def test_what_stands_before_a_fault_is_kept_and_a_fault_at_the_beginning_is_raised() -> None:
    skipped = -32007
    assert (await read({101: empty(100), 102: skipped}, [101, 102])).upto == 101
    assert isinstance(await fault({101: skipped}, [101]), Skipped)
    assert "listed without a block" in str(await fault({101: None}, [101]))
    assert isinstance(await fault({101: "nonsense"}, [101]), Undecodable)


async def test_a_transaction_that_cannot_be_read_stops_nothing_and_is_counted() -> None:
    found = await read({101: empty(100, {"transaction": 5, "meta": None})}, [101])
    assert (found.upto, found.undecodable, found.activities) == (101, 1, ())


async def test_at_the_head_there_is_nothing_and_far_behind_it_nothing_is_a_fault() -> None:
    assert await read({}, [], head=100) == BlockRange(upto=100, is_at_head=True)
    assert await read({}, [], head=105) == BlockRange(upto=100, is_at_head=True)
    assert isinstance(await fault({}, [], head=101 + MAX_SLOTS_AHEAD), NodeUnavailable)


async def test_on_a_real_chain_it_goes_from_slot_to_slot() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        begun = (await chain.step()).produced.slot
        chain.faults.add(Fault(fault="skip_slot"))
        last = [(await chain.step()).produced.slot for _ in range(8)][-1]
        upto = begun
        for _ in range(6):
            upto = (await block_range(rpc, after=upto, limit=2)).upto
        assert begun + 3 < upto <= last
