"""How far the chain is, by whom it is asked, and when pushed blocks are not trusted."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import pytest

from chain.stream.messages import PushedBlock
from domain.errors import NodeUnavailable
from scanner.reconcile import chain_head as head_module
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.chain_head import ASK_SECONDS, VERIFY_SECONDS, ChainHead
from storage.ingest.outages import NEAR_SLOTS


class Node:
    """A node that names a slot, or is away."""

    def __init__(self, slot: int) -> None:
        self.slot: int | None = slot
        self.asked = 0

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        assert (method, list(params), avoid) == ("getSlot", [{"commitment": "confirmed"}], ())
        self.asked += 1
        if self.slot is None:
            raise NodeUnavailable("away")
        return msgspec.Raw(str(self.slot).encode())


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(head_module, "monotonic", made)
    return made


def pushed(slot: int) -> PushedBlock:
    return PushedBlock(
        slot=slot, parent_slot=slot - 1, blockhash="b", previous_blockhash="a", raw=msgspec.Raw(b"{}")
    )


def chain_head(node: Node, buffer: BlockBuffer) -> ChainHead:
    return ChainHead(node, buffer, commitment="processed", blind_seconds=60.0)


async def test_a_node_is_asked_at_each_update_while_something_is_due_and_else_now_and_then(
    clock: Clock,
) -> None:
    node = Node(70)
    head = chain_head(node, BlockBuffer(clock))
    await head.update(is_due=True)
    await head.update(is_due=True)
    assert (head.slot, head.asked, node.asked) == (70, clock.now, 2)
    await head.update(is_due=False)
    assert node.asked == 2
    clock.now += ASK_SECONDS + 0.1
    await head.update(is_due=False)
    assert node.asked == 3


async def test_a_pushed_block_saves_the_question(clock: Clock) -> None:
    node, buffer = Node(70), BlockBuffer(clock)
    head = chain_head(node, buffer)
    buffer.put(pushed(81))
    await head.update(is_due=True)
    assert (head.slot, head.asked, node.asked) == (81, clock.now, 0)


async def test_after_a_standstill_a_node_has_to_confirm_what_was_pushed(clock: Clock) -> None:
    node, buffer = Node(81 + NEAR_SLOTS + 1), BlockBuffer(clock)
    head = chain_head(node, buffer)
    clock.now += 31.0
    buffer.put(pushed(81))
    await head.update(is_due=True)
    assert (head.slot, node.asked) == (node.slot, 1)


async def test_until_a_node_answers_the_pushed_head_is_used_and_not_trusted(clock: Clock) -> None:
    node, buffer = Node(0), BlockBuffer(clock)
    node.slot = None
    head = chain_head(node, buffer)
    clock.now += 31.0
    buffer.put(pushed(81))
    await head.update(is_due=True)
    await head.update(is_due=True)
    assert (head.slot, head.asked, node.asked) == (81, float("-inf"), 1)
    node.slot = 82
    clock.now += VERIFY_SECONDS + 0.1
    buffer.put(pushed(82))
    await head.update(is_due=True)
    assert (head.slot, head.asked, node.asked) == (82, clock.now, 2)


async def test_without_streams_and_nodes_nothing_is_known(clock: Clock) -> None:
    node = Node(0)
    node.slot = None
    with pytest.raises(NodeUnavailable):
        await chain_head(node, BlockBuffer(clock)).update(is_due=True)
