"""What is remembered of missing blocks and of those who denied them."""

from scanner.reconcile.missing_slots import DISTRUST_SECONDS, MissingSlots


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_who_denied_a_block_is_not_asked_for_a_while() -> None:
    clock = Clock()
    missing = MissingSlots(["a", "b"], patience=10, clock=clock)
    missing.note(5, denied_by="a")
    assert set(missing.distrusted()) == {"a"}
    clock.time += DISTRUST_SECONDS
    assert set(missing.distrusted()) == set()


def test_when_all_have_lied_all_are_asked() -> None:
    missing = MissingSlots(["a", "b"], patience=10, clock=Clock())
    missing.note(5, denied_by="a")
    missing.note(5, denied_by="b")
    assert set(missing.distrusted()) == set()


def test_patience_ends_for_each_slot_by_itself_and_begins_anew_once_covered() -> None:
    clock = Clock()
    missing = MissingSlots(["a"], patience=10, clock=clock)
    assert not missing.note(5)
    clock.time += 11
    assert not missing.note(6)
    assert missing.note(5)
    missing.covered(5)
    assert not missing.note(5)
