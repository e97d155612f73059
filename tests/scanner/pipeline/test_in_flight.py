"""What is in flight: committed, still in the queue, or lost."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.pipeline.in_flight import InFlightBatch, InFlightTable

SLOTS = st.lists(st.integers(1, 50), min_size=1, max_size=12, unique=True).map(sorted)


def table(slots: list[int], partition: int = 3) -> InFlightTable:
    made = InFlightTable()
    for slot in slots:
        made.add(partition, InFlightBatch(entry=f"{slot}-0", upto=slot, produced_at=0.0))
    return made


@given(SLOTS, st.integers(0, 60))
def test_what_the_cursor_has_passed_is_committed_and_nothing_else(slots: list[int], cursor: int) -> None:
    made = table(slots)
    made.committed({3: cursor})
    assert [batch.upto for batch in made.partitions[3]] == [slot for slot in slots if slot > cursor]


def test_what_is_neither_there_nor_stored_is_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    assert [batch.upto for _, batch in asked] == [5]
    assert not made.has_lost(asked, [True])
    assert made.has_lost(asked, [False])


def test_what_was_stored_between_two_checks_is_not_lost() -> None:
    made = table([5, 6])
    asked = made.oldest()
    made.committed({3: 5})
    assert not made.has_lost(asked, [False])


def test_what_was_given_up_meanwhile_is_not_lost_again() -> None:
    made = table([5])
    asked = made.oldest()
    made.clear()
    assert not made.has_lost(asked, [False])


def test_partitions_do_not_wait_for_each_other() -> None:
    made = table([5])
    made.add(4, InFlightBatch(entry="1-0", upto=9, produced_at=0.0))
    made.committed({4: 9})
    assert [partition for partition, _ in made.oldest()] == [3]
