"""RQ: payloads are enqueued as jobs, and a job may call the functions of a list only.

Without checks, write access to Redis would be the right to run any function. So each job is checked: its
payload is JSON, its function is on an allow-list, and it has no callbacks.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import redis as blocking
from rq import Queue as RqQueue
from rq import Retry
from rq.job import Job
from rq.registry import clean_registries
from rq.serializers import JSONSerializer
from rq.worker_registration import clean_worker_registry

from domain import jobs
from domain.errors import QueueUnavailable, WhaleWatcherError
from runtime.clock import unix
from storage.keys import QUEUE_PROBE, jobs_done
from storage.redis import FAULTS, write_refusal

JOB_SECONDS = 60
RESULT_SECONDS = 60
FAILURE_SECONDS = 24 * 3600
DONE_HOURS = 24


class ForbiddenJob(WhaleWatcherError):  # noqa: N818 - names say the fact
    """A job names a function that is not on the list, or a callback; another program writes to this Redis."""


class PayloadJob(Job):
    """A job that runs one function of the allow-list, without callbacks, or does not run at all."""

    @property
    def func(self) -> Callable[..., Any]:
        """The function of the allow-list that the job names."""
        callbacks = (self._success_callback_name, self._failure_callback_name, self._stopped_callback_name)
        if self.func_name not in jobs.FUNCTIONS.values() or self.instance or any(callbacks):
            raise ForbiddenJob("a job outside the allow-list was refused; check who can write to Redis")
        function: Callable[..., Any] = super().func
        return function


class Queues:
    """The queues by name, for programs that enqueue jobs."""

    def __init__(self, client: blocking.Redis) -> None:
        self._client = client
        self._queues = {name: open_queue(name, client) for name in jobs.Queue}

    async def send(self, queue: jobs.Queue, payload: jobs.JobPayload) -> None:
        """Enqueue a job with this payload.

        Raises:
            QueueUnavailable: Redis is unavailable or full; the work is stored in PostgreSQL and is enqueued
                again.
        """
        await asyncio.to_thread(self._send, queue, payload)

    async def depth(self, queue: jobs.Queue) -> int:
        """The number of jobs that wait.

        Raises:
            QueueUnavailable: Redis is unavailable.
        """
        try:
            return await asyncio.to_thread(lambda: int(self._queues[queue].count))
        except FAULTS as error:
            raise QueueUnavailable(f"queue {queue}: {type(error).__name__}") from error

    async def refusal(self) -> str:
        """Why Redis takes no jobs though it answers, in its own first word; empty: it takes them."""
        return await asyncio.to_thread(write_refusal, self._client, QUEUE_PROBE)

    async def clean(self) -> int:
        """Delete from the registries what they name no longer or for too long; how many entries that were.

        RQ's workers do it for their own queue; a queue may be without a worker for long.

        Raises:
            QueueUnavailable: Redis is unavailable.
        """
        try:
            return await asyncio.to_thread(lambda: sum(map(_clean, self._queues.values())))
        except FAULTS as error:
            raise QueueUnavailable(f"registries: {type(error).__name__}") from error

    def _send(self, queue: jobs.Queue, payload: jobs.JobPayload) -> None:
        try:
            self._queues[queue].enqueue(
                jobs.FUNCTIONS[queue],
                jobs.write(payload),
                description=queue.value,
                job_timeout=JOB_SECONDS,
                result_ttl=RESULT_SECONDS,
                failure_ttl=FAILURE_SECONDS,
                retry=Retry(max=2),
            )
        except FAULTS as error:
            raise QueueUnavailable(f"queue {queue}: {type(error).__name__}") from error


def note_done(client: blocking.Redis, queue: str) -> None:
    """Count a job that ended well; without Redis it is not counted."""
    key = jobs_done(queue, _hour())
    with contextlib.suppress(*FAULTS), client.pipeline(transaction=False) as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, DONE_HOURS * 3600)
        pipeline.execute()


def done_of_day(client: blocking.Redis, queue: str) -> int:
    """Return how many jobs of a queue ended well within 24 hours, the first of them in part."""
    hours = range(_hour() - DONE_HOURS + 1, _hour() + 1)
    counts: Any = client.mget([jobs_done(queue, hour) for hour in hours])
    return sum(int(count) for count in counts if count is not None and count.isdigit())


def _hour() -> int:
    return int(unix() // 3600)


def _clean(queue: RqQueue) -> int:
    registries = (queue.finished_job_registry, queue.failed_job_registry, queue.started_job_registry)
    before = sum(registry.get_job_count(cleanup=False) for registry in registries)
    clean_registries(queue)
    clean_worker_registry(queue)
    for registry in registries[:2]:  # what it names may have expired before its entry
        for job_id in registry.get_job_ids(cleanup=False):
            if not PayloadJob.exists(job_id, queue.connection):
                registry.remove(job_id)
    return int(before - sum(registry.get_job_count(cleanup=False) for registry in registries))


def open_queue(name: jobs.Queue, client: blocking.Redis) -> RqQueue:
    """A queue of RQ as all our programs use it: its jobs are checked before they run."""
    return RqQueue(
        name.value,
        connection=client,
        job_class=PayloadJob,
        serializer=JSONSerializer,
        default_timeout=JOB_SECONDS,
    )
