"""Blocks that streams brought: what is believed of them, and what a node is asked about."""

import msgspec

from chain.stream.messages import PushedBlock
from scanner.reconcile.block_buffer import FRESH_SECONDS, KEPT, BlockBuffer

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


def slots(told: BlockBuffer, cursor: int) -> list[int]:
    return [one.slot for one in told.after(cursor, 8)]


def test_the_next_blocks_are_those_that_follow_upon_each_other() -> None:
    told = BlockBuffer()
    for one in (block(12), block(11), block(15, 12), block(17)):
        told.put(one)
    assert slots(told, 10) == [11, 12, 15]
    assert slots(told, 12) == [15]
    assert slots(told, 15) == [17]
    assert slots(told, 17) == []


def test_a_repeated_block_changes_nothing() -> None:
    told = BlockBuffer()
    told.put(block(11))
    told.put(block(11))
    assert slots(told, 10) == [11]
    assert told.doubtful == []


def test_of_a_slot_that_was_told_with_two_parents_a_node_is_asked() -> None:
    told = BlockBuffer()
    told.put(block(11))
    told.put(block(12))
    told.put(block(12, 10, name="another"))
    assert slots(told, 10) == [11]
    assert told.doubtful == [12]
    told.settled(12)
    assert told.doubtful == []


def test_a_block_that_the_next_one_does_not_follow_upon_is_doubted_even_when_it_was_passed() -> None:
    told = BlockBuffer()
    told.put(block(11))
    told.passed(11)
    told.put(block(12, before="another block of slot 11"))
    assert told.doubtful == [11]
    assert slots(told, 11) == [12]


def test_only_the_newest_are_kept() -> None:
    told = BlockBuffer()
    for slot in range(100, 100 + KEPT + 5):
        told.put(block(slot))
    assert slots(told, 0)[0] == 105
    told.passed(110)
    assert slots(told, 0)[0] == 111


def test_a_block_that_cannot_be_read_is_offered_no_more() -> None:
    told = BlockBuffer()
    told.put(block(11))
    told.spoilt(11)
    assert slots(told, 10) == []


def test_how_far_the_chain_is_is_known_only_while_blocks_come() -> None:
    now = [100.0]
    told = BlockBuffer(lambda: now[0])
    heads = [told.head]
    told.put(block(12))
    told.put(block(11))
    heads.append(told.head)
    now[0] += FRESH_SECONDS
    heads.append(told.head)
    assert heads == [None, 12, None]
