"""Which slots are covered, whatever nodes say of those without a block."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from scanner.reconcile.continuity import NO_PARENT, CoveredSlots, covered_slots
from scanner.reconcile.slot_result import FetchedBlock, MissingBlock
from tests.scanner.reconcile.slots import ReadBlock, covered


def block(slot: int, parent: int) -> ReadBlock:
    return ReadBlock(slot, parent)


def test_blocks_in_a_row_are_covered() -> None:
    assert covered(10, [block(11, 10), block(12, 11)]) == CoveredSlots(upto=12)


def test_a_slot_is_skipped_when_a_later_block_says_so() -> None:
    assert covered(
        10, [MissingBlock(slot=11, said_by="a"), MissingBlock(slot=12), block(13, 10)]
    ) == CoveredSlots(upto=13)


def test_a_slot_at_the_end_waits_for_a_later_block() -> None:
    assert covered(10, [block(11, 10), MissingBlock(slot=12, said_by="a")]) == CoveredSlots(upto=11)
    assert covered(10, []) == CoveredSlots(upto=10)


def test_a_parent_that_was_called_skipped_is_missing() -> None:
    lie = MissingBlock(slot=12, said_by="liar")
    results: list[ReadBlock | MissingBlock] = [
        block(11, 10),
        lie,
        MissingBlock(slot=13, said_by="a"),
        block(14, 12),
    ]
    assert covered(10, results) == CoveredSlots(upto=11, missing=lie)


def test_the_last_block_before_a_restart_may_lie_before_the_cursor() -> None:
    assert covered(10, [MissingBlock(slot=11), block(12, 7)]) == CoveredSlots(upto=12)


def test_a_block_that_cannot_be_read_proves_nothing_of_what_was_called_skipped() -> None:
    lie = MissingBlock(slot=11, said_by="liar")
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
