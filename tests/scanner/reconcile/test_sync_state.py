"""How far wallets are complete, as buckets come and go."""

import pytest

from scanner.reconcile.missing_slots import MissingSlots
from scanner.reconcile.sync_state import SyncState
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
