"""How far wallets are complete, as buckets come and go.
What is remembered of missing blocks and of those who denied them.
"""

import pytest

from scanner.reconcile.sync_state import DISTRUST_SECONDS, MissingSlots, SyncState
from storage.ingest.outages import ChainProgress


def state(buckets: frozenset[int] | None) -> SyncState:
    return SyncState(cursor=10, buckets=buckets, missing=MissingSlots((), patience=1), head=50, asked=7.0)


@pytest.mark.parametrize(
    ("buckets", "served", "kept"),
    [
        (None, None, None),
        ({1, 2, 3}, {2, 3, 4}, {2, 3}),
        ({1, 2}, None, {1, 2}),
        ({1}, {2}, set()),
    ],
)
def test_only_what_is_served_is_kept(
    buckets: set[int] | None, served: set[int] | None, kept: set[int] | None
) -> None:
    one = state(None if buckets is None else frozenset(buckets))
    assert one.keep(None if served is None else frozenset(served)) is (kept is None or bool(kept))
    assert one.buckets == kept


def test_a_state_of_all_wallets_is_of_no_use_to_who_serves_a_share() -> None:
    assert not state(None).keep(frozenset({1}))


def test_its_progress_is_known_only_where_outages_are_noticed() -> None:
    assert state(None).progress(None) is None
    assert state(None).progress(60.0, [9]) == ChainProgress(
        head=50, asked=7.0, blind_seconds=60.0, blocks=[9]
    )


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


def test_after_a_bad_answer_another_provider_is_asked_for_that_slot() -> None:
    missing = MissingSlots(["a", "b", "c"], patience=10)
    assert set(missing.avoided(7)) == set()
    missing.note_bad_answer(7)
    assert (set(missing.avoided(7)), set(missing.avoided(8))) == ({"a"}, set())
    missing.note_bad_answer(7)
    assert set(missing.avoided(7)) == {"b"}
    missing.covered(7)
    assert set(missing.avoided(7)) == set()


def test_a_lone_provider_is_asked_whatever_it_gave() -> None:
    missing = MissingSlots(["a"], patience=10)
    missing.note_bad_answer(7)
    assert set(missing.avoided(7)) == set()
