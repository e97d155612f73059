"""Blocks that streams pushed: what is believed of them, and what a node is asked about."""

import msgspec

from chain.stream.messages import PushedBlock
from scanner.reconcile.block_buffer import FRESH_SECONDS, MAX_BLOCKS, BlockBuffer

RAW = msgspec.Raw(b"{}")


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
