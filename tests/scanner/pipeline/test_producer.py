"""What is on the way: arrived, still there, or lost."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.pipeline.producer import InFlightBatch, InFlightTable

SLOTS = st.lists(st.integers(1, 50), min_size=1, max_size=12, unique=True).map(sorted)


def table(slots: list[int], partition: int = 3) -> InFlightTable:
    made = InFlightTable()
    for slot in slots:
        made.note(partition, InFlightBatch(entry=f"{slot}-0", upto=slot, at=0.0))
    return made


@given(SLOTS, st.integers(0, 60))
def test_what_the_cursor_has_passed_has_arrived_and_nothing_else(slots: list[int], cursor: int) -> None:
    made = table(slots)
    made.arrived({3: cursor})
    assert [shipped.upto for shipped in made.partitions[3]] == [slot for slot in slots if slot > cursor]


def test_what_is_neither_there_nor_stored_is_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    assert [shipped.upto for _, shipped in asked] == [5]
    assert not made.lost(asked, [True])
    assert made.lost(asked, [False])


def test_what_was_stored_between_two_looks_is_not_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    made.arrived({3: 5})
    assert not made.lost(asked, [False])


def test_what_was_given_up_meanwhile_is_not_lost_again() -> None:
    made = table([5])
    asked = made.oldest()
    made.clear()
    assert not made.lost(asked, [False])


def test_strands_do_not_wait_for_each_other() -> None:
    made = table([5])
    made.note(4, InFlightBatch(entry="1-0", upto=9, at=0.0))
    made.arrived({4: 9})
    assert [partition for partition, _ in made.oldest()] == [3]
