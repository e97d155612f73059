"""A commit is counted by kind, and begins the trace of each event."""

import pytest

from runtime.clock import unix
from runtime.observability.metrics import REGISTRY
from scanner.commit.figures import note_commit
from storage.ingest.activities import Batch
from tests.runtime.observability.kept_spans import keep_spans
from tests.storage.sample_data import CHAIN, purchase


def test_a_trace_begins_at_the_block_and_ends_at_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep_spans(monkeypatch)
    note_commit(Batch(chain=CHAIN, activities=[purchase(1), purchase(2)]), 2)
    note_commit(Batch(chain=CHAIN, activities=[purchase(1)]), 0)  # another scanner had stored it
    first, second = kept.spans
    assert first.is_first
    assert first.trace_id != second.trace_id
    assert (first.began, first.attributes["slot"]) == (1_700_000_001.0, 101)
    assert first.ended == pytest.approx(unix(), abs=5)


def test_what_was_known_is_counted_as_such() -> None:
    name = "whale_watcher_activities_duplicate_total"
    before = REGISTRY.get_sample_value(name) or 0
    note_commit(Batch(chain=CHAIN, activities=[purchase(1)]), 0)
    assert (REGISTRY.get_sample_value(name) or 0) - before == 1
