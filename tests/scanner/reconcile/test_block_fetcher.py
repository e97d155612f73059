"""What comes of fetching a slot, on a local chain and on one that answers strangely."""

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile.block_fetcher import BlockFetcher
from scanner.reconcile.slot_result import FetchedBlock, MissingBlock
from tests.chain.nodes import error, node, result
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.enable_socket


async def test_a_slot_has_a_block_or_not() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        fetcher = BlockFetcher(rpc, commitment="confirmed")
        chain.faults.add(Fault(fault="skip_slot"))
        for _ in range(8):
            await chain.step()
        first = await fetcher.next_block(1_000, 1_008)
        assert first is not None
        assert isinstance(await fetcher.fetch(first), FetchedBlock)
        skipped = ({*range(1_001, 1_006)} - {b.slot for b in chain.chain.history.backwards()}).pop()
        found = await fetcher.fetch(skipped)
        assert isinstance(found, MissingBlock)
        assert found.said_by == rpc.names[0]
        assert await fetcher.fetch(9_999) == MissingBlock(slot=9_999)


async def test_a_lying_node_is_named() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await chain.step()
        chain.faults.add(Fault(fault="lying", times=None))
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(1_000) == MissingBlock(
            slot=1_000, said_by=rpc.names[0]
        )


@pytest.mark.parametrize("code", [-32004, -32602])
async def test_no_answer_says_nothing_of_the_slot(code: int) -> None:
    async with node(lambda _: error(code)) as url, open_rpc([Secret(url)]) as rpc:
        fetcher = BlockFetcher(rpc, commitment="confirmed")
        assert await fetcher.fetch(7) == MissingBlock(slot=7)
        assert await fetcher.next_block(7, 20) is None


async def test_a_forgotten_slot_tells_what_is_kept() -> None:
    text = "Block 7 cleaned up, does not exist on node. First available block: 90"
    async with node(lambda _: error(-32001, text)) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(7) == MissingBlock(slot=7, kept_from=90)


async def test_null_is_no_block_and_a_list_beyond_the_question_is_not_believed() -> None:
    async with node(lambda _: result(None)) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(7) == MissingBlock(slot=7)
    async with node(lambda _: result([3, 99])) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").next_block(7, 20) is None
