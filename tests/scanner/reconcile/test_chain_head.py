"""How far the chain is, by whom it is asked, and when pushed blocks are not trusted."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import pytest

from chain.rpc.errors import NotYet
from chain.rpc.slot_bound import MIN_SLOT_SECONDS, SlotBound
from chain.stream.messages import PushedBlock
from domain.errors import NodeUnavailable
from runtime.clock import unix
from scanner.reconcile import chain_head as head_module
from scanner.reconcile.block_fetcher import BlockBuffer
from scanner.reconcile.chain_head import (
    ASK_SECONDS,
    BELIEVED_SECONDS,
    DISTRUST_SECONDS,
    IDLE_SECONDS,
    SLACK_SLOTS,
    VERIFY_SECONDS,
    ChainHead,
)
from storage.ingest.outages import NEAR_SLOTS


class Node:
    """One node, or several that say the same; each names a slot, and gives the blocks that it has."""

    def __init__(self, slot: int, *, blocks: int | None = None) -> None:
        self.slot: int | None = slot
        self.blocks = slot if blocks is None else blocks
        """Up to here every slot has a block; what is named beyond is not there."""
        self.blockhash = "true"
        self.time: int | None = None

    def answer(self, method: str, params: Sequence[Any]) -> object:
        if self.slot is None:
            raise NodeUnavailable("away")
        if method == "getSlot":
            return self.slot
        if method == "getBlocks":
            return [slot for slot in range(params[0], params[1] + 1) if slot <= self.blocks]
        if params[0] > self.blocks:
            raise NotYet("not there", provider="node")
        return {"blockhash": f"{self.blockhash} {params[0]}", "blockTime": self.time}


class Nodes:
    """Nodes by name, best first, as a pool asks them."""

    def __init__(self, **nodes: Node) -> None:
        self.nodes = nodes
        self.asked: list[tuple[str, str]] = []
        self.slot_bound = SlotBound()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        for name in self.names:
            if name not in avoid:
                self.asked.append((name, method))
                return msgspec.Raw(msgspec.json.encode(self.nodes[name].answer(method, params)))
        raise NodeUnavailable("nobody is left")

    def heads(self) -> int:
        """Return how often a node was asked for its newest slot."""
        return sum(method == "getSlot" for _, method in self.asked)


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


def chain_head(nodes: Nodes, buffer: BlockBuffer | None = None) -> ChainHead:
    return ChainHead(nodes, buffer or BlockBuffer(), commitment="processed", blind_seconds=60.0)


async def head_at(nodes: Nodes, buffer: BlockBuffer, slot: int) -> ChainHead:
    """A head that has read blocks up to here."""
    head = chain_head(nodes, buffer)
    head.note_read(slot, None)
    return head


async def test_a_node_is_asked_at_each_update_while_something_is_due_and_else_now_and_then(
    clock: Clock,
) -> None:
    nodes, buffer = Nodes(one=Node(70)), BlockBuffer(clock)
    head = await head_at(nodes, buffer, 69)
    await head.update(is_due=True)
    await head.update(is_due=True)
    assert (head.slot, head.asked, nodes.heads()) == (70, clock.now, 2)
    await head.update(is_due=False)
    assert nodes.heads() == 2
    clock.now += IDLE_SECONDS + 0.1
    await head.update(is_due=False)
    assert nodes.heads() == 3


async def test_while_streams_tell_what_happens_a_second_is_soon_enough(clock: Clock) -> None:
    nodes = Nodes(one=Node(70))
    head = ChainHead(
        nodes,
        BlockBuffer(clock),
        commitment="confirmed",
        blind_seconds=None,
        due_seconds=lambda: ASK_SECONDS,
    )
    head.note_read(69, None)
    for _ in range(3):
        await head.update(is_due=True)
    assert nodes.heads() == 1
    clock.now += ASK_SECONDS
    await head.update(is_due=True)
    assert nodes.heads() == 2


async def test_a_pushed_block_saves_the_question(clock: Clock) -> None:
    nodes, buffer = Nodes(one=Node(70)), BlockBuffer(clock)
    head = await head_at(nodes, buffer, 80)
    buffer.put(pushed(81))
    await head.update(is_due=True)
    assert (head.slot, head.asked, nodes.asked) == (81, clock.now, [])


async def test_after_a_standstill_a_node_has_to_confirm_what_was_pushed(clock: Clock) -> None:
    node, buffer = Node(81 + NEAR_SLOTS + 1), BlockBuffer(clock)
    head = await head_at(Nodes(one=node), buffer, 80)
    clock.now += 31.0
    buffer.put(pushed(81))
    await head.update(is_due=True)
    assert head.slot == node.slot


async def test_until_a_node_answers_the_pushed_head_is_used_and_not_trusted(clock: Clock) -> None:
    node, buffer = Node(82), BlockBuffer(clock)
    node.slot = None
    head = chain_head(Nodes(one=node), buffer)
    clock.now += 31.0
    buffer.put(pushed(81))
    await head.update(is_due=True)
    assert (head.slot, head.asked) == (81, float("-inf"))
    node.slot = 82
    clock.now += VERIFY_SECONDS + 0.1
    buffer.put(pushed(82))
    await head.update(is_due=True)
    assert (head.slot, head.asked) == (82, clock.now)


async def test_without_streams_and_nodes_nothing_is_known(clock: Clock) -> None:
    node = Node(0)
    node.slot = None
    with pytest.raises(NodeUnavailable):
        await chain_head(Nodes(one=node), BlockBuffer(clock)).update(is_due=True)


async def test_a_first_head_is_believed_when_a_block_confirms_it() -> None:
    nodes = Nodes(one=Node(5_000))
    head = chain_head(nodes)
    await head.update(is_due=True)
    assert head.slot == 5_000
    assert ("one", "getBlock") in nodes.asked


async def test_scenario_96_a_head_that_no_block_confirms_is_none(clock: Clock) -> None:
    head = chain_head(Nodes(liar=Node(900_000, blocks=5_000)), BlockBuffer(clock))
    with pytest.raises(NodeUnavailable, match="no node names a slot that a block confirms"):
        await head.update(is_due=True)
    assert head.slot == 0
    assert "names slot 900,000, which no block confirms" in head.problems()["liar"]


async def test_scenario_96_of_several_nodes_the_one_whose_head_is_confirmed_is_believed(clock: Clock) -> None:
    nodes = Nodes(liar=Node(900_000, blocks=5_000), honest=Node(5_000))
    head = chain_head(nodes, BlockBuffer(clock))
    for _ in range(3):
        await head.update(is_due=True)
    assert head.slot == 5_000
    assert list(head.problems()) == ["liar"]
    assert nodes.asked[-1] == ("honest", "getSlot")
    clock.now += DISTRUST_SECONDS + 1
    assert head.problems() == {}


async def test_scenario_96_a_block_that_only_one_of_several_nodes_has_confirms_nothing(clock: Clock) -> None:
    liar = Node(900_000)
    liar.blockhash = "made up"
    head = chain_head(Nodes(liar=liar, honest=Node(5_000)), BlockBuffer(clock))
    await head.update(is_due=True)
    assert (head.slot, list(head.problems())) == (5_000, ["liar"])


async def test_a_block_from_the_future_confirms_nothing() -> None:
    liar = Node(900_000)
    liar.time = int(unix()) + 3_600
    with pytest.raises(NodeUnavailable):
        await chain_head(Nodes(liar=liar)).update(is_due=True)


async def test_blocks_that_are_read_vouch_for_what_the_clock_allows_and_for_no_more(clock: Clock) -> None:
    node = Node(10_000, blocks=100)
    head = await head_at(Nodes(one=node), BlockBuffer(clock), 100)
    node.slot = 100 + SLACK_SLOTS
    await head.update(is_due=True)
    assert head.slot == node.slot
    node.slot = 101 + SLACK_SLOTS
    await head.update(is_due=True)
    assert head.slot == 100 + SLACK_SLOTS
    clock.now += DISTRUST_SECONDS  # far longer than blocks vouch for what follows
    node.slot = 100 + SLACK_SLOTS + int(BELIEVED_SECONDS / MIN_SLOT_SECONDS) + 1
    with pytest.raises(NodeUnavailable):
        await head.update(is_due=True)


async def test_scenario_96_a_pushed_block_far_ahead_is_dropped_and_nodes_are_asked(clock: Clock) -> None:
    nodes, buffer = Nodes(one=Node(101)), BlockBuffer(clock)
    head = await head_at(nodes, buffer, 100)
    buffer.put(pushed(2**62))
    await head.update(is_due=True)
    assert (head.slot, buffer.head) == (101, None)
    buffer.put(pushed(102))
    await head.update(is_due=True)
    assert head.slot == 102
