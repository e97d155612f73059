"""Which slots are settled, whatever nodes say of those without a block."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.reconcile.continuity import NO_PARENT, Absent, BlockSeen, Look, Settlement, settle


def block(slot: int, parent: int) -> BlockSeen:
    return BlockSeen(slot=slot, parent_slot=parent)


def test_blocks_in_a_row_are_settled() -> None:
    assert settle(10, [block(11, 10), block(12, 11)]) == Settlement(upto=12)


def test_a_slot_is_skipped_when_a_later_block_says_so() -> None:
    assert settle(10, [Absent(slot=11, said_by="a"), Absent(slot=12), block(13, 10)]) == Settlement(upto=13)


def test_a_slot_at_the_end_waits_for_a_later_block() -> None:
    assert settle(10, [block(11, 10), Absent(slot=12, said_by="a")]) == Settlement(upto=11)
    assert settle(10, []) == Settlement(upto=10)


def test_a_parent_that_was_called_skipped_is_missing() -> None:
    lie = Absent(slot=12, said_by="liar")
    looks: list[Look] = [block(11, 10), lie, Absent(slot=13, said_by="a"), block(14, 12)]
    assert settle(10, looks) == Settlement(upto=11, missing=lie)


def test_the_last_block_before_a_restart_may_lie_before_the_cursor() -> None:
    assert settle(10, [Absent(slot=11), block(12, 7)]) == Settlement(upto=12)


def test_a_block_that_cannot_be_read_proves_nothing_of_what_was_called_skipped() -> None:
    lie = Absent(slot=11, said_by="liar")
    assert settle(10, [lie, block(12, NO_PARENT)]) == Settlement(upto=10, missing=lie)
    assert settle(10, [block(11, 10), block(12, NO_PARENT)]) == Settlement(upto=12)
    assert settle(10, [block(14, NO_PARENT)]) == Settlement(upto=10, missing=Absent(slot=13))


def test_a_block_that_says_to_follow_a_later_one_is_not_believed() -> None:
    assert settle(10, [block(11, 10**12), block(12, 11)]) == Settlement(upto=10, missing=Absent(slot=11))
    assert settle(10, [block(11, 11)]) == Settlement(upto=10)


@given(
    produced=st.lists(st.booleans(), min_size=1, max_size=40),
    denied=st.sets(st.integers(0, 39)),
    start=st.integers(0, 100),
)
def test_no_slot_with_a_block_is_ever_passed(produced: list[bool], denied: set[int], start: int) -> None:
    looks: list[Look] = []
    parent = start
    for place, has_block in enumerate(produced):
        slot = start + 1 + place
        looks.append(block(slot, parent) if has_block and place not in denied else Absent(slot=slot))
        parent = slot if has_block else parent
    upto = settle(start, looks).upto
    passed = [
        place for place, has in enumerate(produced) if has and place in denied and start + 1 + place <= upto
    ]
    assert passed == []
