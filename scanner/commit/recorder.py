"""Commits what was decoded and says so: the last stage of both the live stream and the reconciliation."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from domain.activity.activity import Activity
from runtime.observability.metrics import alerts, events, events_duplicate, ingest_quarantined
from runtime.processes.failpoints import failpoint
from scanner.roles import NOTHING, ActiveActive, Role
from storage.coordination.leases import Fenced
from storage.ingest.activities import Batch, known_activities, store
from storage.postgres import Database


class Announcer(Protocol):
    """Wakes whoever decides about alerts."""

    def announce(self, mints: frozenset[str]) -> None:
        """New alerts about these mints stand in PostgreSQL. It must not wait."""


class Recorder:
    """Stores batches; the announcement comes after the commit, so a lost one costs only time."""

    def __init__(self, database: Database, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer
        self.role: Role = ActiveActive()
        """Says under which lease is written, and whether anything is to be."""

    async def record(self, batch: Batch) -> int:
        """Commit a batch and announce its alerts; how many of them are new.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is and the answer was lost; say it again.
            Fenced: it is somebody else's turn; nothing is stored.
        """
        assignment = self.role.assignment
        if assignment.buckets == NOTHING:
            raise Fenced("it is another scanner's turn")
        if batch.activities:
            failpoint("decoded")
        new = len(await store(self._database, replace(batch, fence=assignment.fence)))
        _count(batch, new)
        if new:
            failpoint("stored")
            self._announcer.announce(mints_of(batch.activities))
        return new

    async def known(self, *, chain: str, signatures: Sequence[str]) -> frozenset[tuple[str, str]]:
        """Of which of these transactions something is stored, and of which wallet: pairs of both.

        Raises:
            DatabaseUnavailable: nothing is known.
        """
        return await known_activities(self._database, chain=chain, signatures=signatures)


def mints_of(activities: Iterable[Activity]) -> frozenset[str]:
    """Every mint that changed hands."""
    return frozenset(leg.mint for activity in activities for leg in (*activity.paid, *activity.received))


def _count(batch: Batch, new: int) -> None:
    ingest_quarantined.inc(len(batch.quarantined))
    events_duplicate.inc(max(0, len(batch.activities) - new))
    if new == len(batch.activities):  # a batch that was known in part is not told apart by kind
        for kind, count in Counter(activity.kind.value for activity in batch.activities).items():
            events.labels(kind).inc(count)
            alerts.labels(kind).inc(count)
