"""Commits what was decoded and announces it: the last stage of the live stream and of the reconciliation."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from domain.activity.activity import Activity
from runtime.observability import metrics
from runtime.processes.failpoints import failpoint
from scanner.roles import ALL_WALLETS, NO_BUCKETS, Role
from storage.coordination.leases import Fenced
from storage.ingest.activities import Batch, known_activities, store
from storage.postgres import Database


class Announcer(Protocol):
    """Wakes the dispatcher, which decides about alerts."""

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        """New alerts about these mints and wallets stand in PostgreSQL. It must not wait."""


class Recorder:
    """Stores batches; it announces after the commit, so that a lost announcement costs only time."""

    def __init__(self, database: Database, announcer: Announcer, role: Role = ALL_WALLETS) -> None:
        """Build it.

        Args:
            database: where batches are stored.
            announcer: is called after each commit that brought new alerts.
            role: says under which lease is written, and whether this scanner may write at all.
        """
        self._database = database
        self._announcer = announcer
        self._role = role

    async def record(self, batch: Batch) -> int:
        """Commit a batch and announce its alerts; how many of them are new.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is and the answer was lost; record it again.
            Fenced: another scanner has the assignment; nothing is stored.
        """
        assignment = self._role.assignment
        if assignment.buckets == NO_BUCKETS:
            raise Fenced("it is another scanner's turn")
        if batch.activities:
            failpoint("decoded")
        fences = (*batch.fences, *([assignment.fence] if assignment.fence else []))
        new = len(await store(self._database, replace(batch, fences=fences)))
        _count(batch, new)
        if new:
            failpoint("stored")
            wallets = frozenset(activity.wallet for activity in batch.activities)
            self._announcer.announce(mints_of(batch.activities), wallets)
        return new

    async def known(self, *, chain: str, signatures: Sequence[str]) -> frozenset[tuple[str, str]]:
        """Signature and wallet of each activity that is stored already of these transactions.

        Raises:
            DatabaseUnavailable: nothing is known.
        """
        return await known_activities(self._database, chain=chain, signatures=signatures)


def mints_of(activities: Iterable[Activity]) -> frozenset[str]:
    """Every mint that changed hands."""
    return frozenset(leg.mint for activity in activities for leg in (*activity.paid, *activity.received))


def _count(batch: Batch, new: int) -> None:
    metrics.ingest_quarantined.inc(len(batch.quarantined))
    metrics.activities_duplicate.inc(max(0, len(batch.activities) - new))
    if new == len(batch.activities):  # a batch that was known in part is not counted by kind
        for kind, count in Counter(activity.kind.value for activity in batch.activities).items():
            metrics.activities.labels(kind).inc(count)
            metrics.alerts.labels(kind).inc(count)
