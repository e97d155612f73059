"""Metrics and traces of commits."""

from __future__ import annotations

from collections import Counter

from domain.alerts.traced import trace_of_activity
from runtime.clock import unix
from runtime.observability import metrics
from runtime.observability.traces import Span, is_traced, record
from storage.ingest.activities import Batch


def note_commit(batch: Batch, new: int) -> None:
    """Count what a commit stored, and let its events be followed.

    Args:
        batch: that was stored.
        new: how many alerts it made.
    """
    if new and is_traced():
        _trace(batch)
    metrics.ingest_quarantined.inc(len(batch.quarantined))
    metrics.activities_duplicate.inc(max(0, len(batch.activities) - new))
    if new == len(batch.activities):  # a batch that was known in part is not counted by kind
        for kind, count in Counter(activity.kind.value for activity in batch.activities).items():
            metrics.activities.labels(kind).inc(count)
            metrics.alerts.labels(kind).inc(count)


def _trace(batch: Batch) -> None:
    """Record the way from the block to the commit, on which the rest of each trace hangs."""
    now = unix()
    for activity in batch.activities:
        record(
            Span(
                trace=trace_of_activity(activity),
                name="chain to commit",
                began=min(now, float(activity.block_time or now)),
                ended=now,
                is_first=True,
                attributes={"slot": activity.slot, "kind": activity.kind.value, "chain": activity.chain},
            )
        )
