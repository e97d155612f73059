"""Jobs in RQ: how many wait and have failed, how many workers there are, and failed jobs enqueued again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import redis as blocking
from rq import Queue as RqQueue
from rq import Worker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import as_text

from domain import jobs
from domain.errors import QueueUnavailable
from domain.snapshot import QueueState, Requeued
from runtime.clock import now
from storage.coordination.queue_workers import is_wrong_type
from storage.coordination.queues import PayloadJob, done_of_day
from storage.redis import FAULTS

T = TypeVar("T")
MAX_EXAMINED = 1_000
"""Failed jobs of one queue that are examined, the latest ones."""
FORBIDDEN = "refused: not on the list of functions"
"""The cause of a job that must not run; it is never enqueued again."""
UNREADABLE = "refused: cannot be read"
"""The cause of a job whose record is broken; it is never enqueued again, and the others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _FailedJob:
    """A failed job and why it failed."""

    job: Job | None
    """None: its record cannot be read."""
    cause: str


class FailedJobs:
    """The queues as operators see them; each method raises QueueUnavailable when Redis is unavailable."""

    def __init__(self, client: blocking.Redis) -> None:
        self._client = client
        self._queues = {
            name: RqQueue(name.value, connection=client, job_class=PayloadJob, serializer=JSONSerializer)
            for name in jobs.Queue
        }

    async def states(self) -> list[QueueState]:
        """Every queue."""
        return await self._ask(lambda: [self._state(name) for name in jobs.Queue])

    async def causes(self) -> Counter[tuple[jobs.Queue, str]]:
        """The number of failed jobs by queue and cause."""
        return await self._ask(
            lambda: Counter((name, job.cause) for name in jobs.Queue for job in self._failed(name))
        )

    async def requeue(self, queue: jobs.Queue, cause: str, *, limit: int) -> Requeued:
        """Enqueue up to `limit` failed jobs with that cause again.

        Args:
            queue: whose failed jobs.
            cause: as `causes` names it; jobs with other causes stay.
            limit: how many at most, so that a fault that lasts is tried on a few.
        """
        return await self._ask(lambda: self._requeue(queue, cause, limit))

    async def _ask(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except FAULTS as error:
            raise QueueUnavailable(f"queues: {type(error).__name__}") from error

    def _state(self, name: jobs.Queue) -> QueueState:
        queue = self._queues[name]
        since = self._first_enqueued_at(queue)
        waited = 0.0 if since is None else (now() - since.replace(tzinfo=UTC)).total_seconds()
        return QueueState(
            queue=name,
            waiting=int(queue.count),
            oldest_seconds=max(0.0, waited),
            running=queue.started_job_registry.get_job_count(cleanup=False),
            failed=queue.failed_job_registry.get_job_count(cleanup=False),
            workers=Worker.count(queue=queue),
            done=done_of_day(self._client, name.value),
        )

    def _first_enqueued_at(self, queue: RqQueue) -> datetime | None:
        first = _texts(self._client.lrange(queue.key, 0, 0))
        found = self._fetch(first[0]) if first else None
        return None if found is None or found.job is None else found.job.enqueued_at

    def _failed(self, name: jobs.Queue) -> Iterator[_FailedJob]:
        """The latest failed jobs that still exist; those that expired are removed from the registry."""
        registry = self._queues[name].failed_job_registry
        registry.cleanup()
        entries = self._client.zrange(registry.key, 0, MAX_EXAMINED - 1, desc=True)
        ids = _texts(entries)
        for _ in range(len(entries) - len(ids)):
            yield _FailedJob(job=None, cause=UNREADABLE)
        for job_id, job in zip(ids, self._fetched(ids), strict=True):
            if job is None:
                registry.remove(job_id)
            else:
                yield job

    def _fetched(self, ids: list[str]) -> list[_FailedJob | None]:
        """All at once; one by one where one of them cannot be read."""
        try:
            found = (
                PayloadJob.fetch_many(ids, connection=self._client, serializer=JSONSerializer) if ids else []
            )
        except Exception as error:  # noqa: BLE001 - a broken record raises whatever its fields are parsed by
            _pass_on_faults(error)
            return [self._fetch(job_id) for job_id in ids]
        return [None if job is None else _read(job) for job in found]

    def _fetch(self, job_id: str) -> _FailedJob | None:
        """The job; None: it has expired."""
        try:
            return _read(PayloadJob.fetch(job_id, connection=self._client, serializer=JSONSerializer))
        except NoSuchJobError:
            return None
        except Exception as error:  # noqa: BLE001 - the same
            _pass_on_faults(error)
            return _FailedJob(job=None, cause=UNREADABLE)

    def _requeue(self, queue: jobs.Queue, cause: str, limit: int) -> Requeued:
        registry = self._queues[queue].failed_job_registry
        before = registry.get_job_count(cleanup=False)
        meant = [job for job in self._failed(queue) if job.cause == cause]
        expired = before - registry.get_job_count(cleanup=False)
        if cause in {FORBIDDEN, UNREADABLE}:
            return Requeued(done=0, expired=expired, refused=len(meant))
        done = 0
        for job in [one.job for one in meant if one.job is not None][:limit]:
            try:
                registry.requeue(job)
                done += 1
            except (NoSuchJobError, InvalidJobOperation):
                registry.remove(job.id)
                expired += 1
        return Requeued(done=done, expired=expired, refused=0)


def _texts(entries: Iterable[Any]) -> list[str]:
    """Those of some ids that can be read; whoever may write to Redis may write any bytes."""
    texts: list[str] = []
    for entry in entries:
        with suppress(UnicodeDecodeError):
            texts.append(as_text(entry))
    return texts


def _pass_on_faults(error: Exception) -> None:
    """Raise what is wrong with the server, and not with one record."""
    if isinstance(error, FAULTS) and not is_wrong_type(error):
        raise error


def _read(job: Job) -> _FailedJob:
    try:
        return _FailedJob(job=job, cause=_cause(job))
    except FAULTS:
        raise
    except Exception:  # noqa: BLE001 - the payload is parsed only here
        return _FailedJob(job=None, cause=UNREADABLE)


def _cause(job: Job) -> str:
    """The name of the error; without its text, which may hold anything."""
    if job.func_name not in jobs.FUNCTIONS.values():
        return FORBIDDEN
    result = job.latest_result()
    lines = ((result.exc_string if result is not None else None) or "").strip().splitlines()
    name = lines[-1].partition(":")[0].rpartition(".")[2] if lines else ""
    return name[:60] if name.isidentifier() else "unknown"
