"""What comes of fetching a slot, on a local chain and on one that answers strangely.
What is known of a slot without a block.
Blocks that streams pushed: what is believed of them, and what a node is asked about.
"""

import msgspec
import pytest

from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedBlock
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile.block_fetcher import (
    FRESH_SECONDS,
    MAX_BLOCKS,
    BlockBuffer,
    BlockFetcher,
    FetchedBlock,
    MissingBlock,
)
from tests.chain.nodes import error, node, result
from tests.sandbox.chain.wallets import by_hand

RAW = msgspec.Raw(b"{}")


@pytest.mark.enable_socket
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
        assert found.reported_by == rpc.names[0]
        assert await fetcher.fetch(9_999) == MissingBlock(slot=9_999)


@pytest.mark.enable_socket
async def test_a_lying_node_is_named() -> None:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await chain.step()
        chain.faults.add(Fault(fault="lying", times=None))
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(1_000) == MissingBlock(
            slot=1_000, reported_by=rpc.names[0]
        )


@pytest.mark.enable_socket
@pytest.mark.parametrize("code", [-32004, -32602])
async def test_no_answer_says_nothing_of_the_slot(code: int) -> None:
    async with node(lambda _: error(code)) as url, open_rpc([Secret(url)]) as rpc:
        fetcher = BlockFetcher(rpc, commitment="confirmed")
        assert await fetcher.fetch(7) == MissingBlock(slot=7)
        assert await fetcher.next_block(7, 20) is None


@pytest.mark.enable_socket
async def test_a_forgotten_slot_tells_what_is_kept() -> None:
    text = "Block 7 cleaned up, does not exist on node. First available block: 90"
    async with node(lambda _: error(-32001, text)) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(7) == MissingBlock(slot=7, kept_from=90)


@pytest.mark.enable_socket
async def test_null_is_no_block_and_a_list_beyond_the_question_is_not_believed() -> None:
    async with node(lambda _: result(None)) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").fetch(7) == MissingBlock(slot=7)
    async with node(lambda _: result([3, 99])) as url, open_rpc([Secret(url)]) as rpc:
        assert await BlockFetcher(rpc, commitment="confirmed").next_block(7, 20) is None


@pytest.mark.parametrize(
    ("missing", "is_unanswered"),
    [
        (MissingBlock(slot=7), True),
        (MissingBlock(slot=7, reported_by="a"), False),
        (MissingBlock(slot=7, kept_from=90), False),
    ],
)
def test_a_slot_is_unanswered_while_no_provider_says_anything(
    missing: MissingBlock,
    is_unanswered: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert missing.is_unanswered is is_unanswered


def block(slot: int, parent: int | None = None, *, name: str = "", before: str = "") -> PushedBlock:
    parent = slot - 1 if parent is None else parent
    return PushedBlock(
        slot=slot,
        parent_slot=parent,
        blockhash=name or f"hash of {slot}",
        previous_blockhash=before or f"hash of {parent}",
        raw=RAW,
    )


def slots(buffer: BlockBuffer, cursor: int) -> list[int]:
    return [one.slot for one in buffer.after(cursor, 8)]


def test_the_next_blocks_are_those_that_follow_upon_each_other() -> None:
    buffer = BlockBuffer()
    for one in (block(12), block(11), block(15, 12), block(17)):
        buffer.put(one)
    assert slots(buffer, 10) == [11, 12, 15]
    assert slots(buffer, 12) == [15]
    assert slots(buffer, 15) == [17]
    assert slots(buffer, 17) == []


def test_a_repeated_block_changes_nothing() -> None:
    buffer = BlockBuffer()
    buffer.put(block(11))
    buffer.put(block(11))
    assert slots(buffer, 10) == [11]
    assert buffer.disputed == []


def test_of_a_slot_that_was_pushed_with_two_parents_a_node_is_asked() -> None:
    buffer = BlockBuffer()
    buffer.put(block(11))
    buffer.put(block(12))
    buffer.put(block(12, 10, name="another"))
    assert slots(buffer, 10) == [11]
    assert buffer.disputed == [12]
    buffer.resolve(12)
    assert buffer.disputed == []


def test_a_block_that_the_next_one_does_not_follow_upon_is_disputed_even_when_it_was_passed() -> None:
    buffer = BlockBuffer()
    buffer.put(block(11))
    buffer.drop_up_to(11)
    buffer.put(block(12, before="another block of slot 11"))
    assert buffer.disputed == [11]
    assert slots(buffer, 11) == [12]


def test_only_the_newest_are_kept() -> None:
    buffer = BlockBuffer()
    for slot in range(100, 100 + MAX_BLOCKS + 5):
        buffer.put(block(slot))
    assert slots(buffer, 0)[0] == 105
    buffer.drop_up_to(110)
    assert slots(buffer, 0)[0] == 111


def test_a_block_that_cannot_be_read_is_offered_no_more() -> None:
    buffer = BlockBuffer()
    buffer.put(block(11))
    buffer.discard(11)
    assert slots(buffer, 10) == []


def test_how_far_the_chain_is_is_known_only_while_blocks_come() -> None:
    now = [100.0]
    buffer = BlockBuffer(lambda: now[0])
    heads = [buffer.head]
    buffer.put(block(12))
    buffer.put(block(11))
    heads.append(buffer.head)
    now[0] += FRESH_SECONDS
    heads.append(buffer.head)
    assert heads == [None, 12, None]
