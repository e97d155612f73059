"""RQ: payloads are enqueued, and workers run the functions that a job may call.

Without checks, write access to Redis would be the right to run any function. So each job is checked: its
payload is JSON, its function is on an allow-list, and it has no callbacks.
"""

import asyncio
import logging
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

import redis as blocking
from rq import Queue as RqQueue
from rq import Retry, SimpleWorker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.registry import clean_registries
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from rq.worker_registration import clean_worker_registry

from domain import jobs
from domain.errors import QueueUnavailable, WhaleWatcherError
from runtime.observability.metrics import jobs_handled
from storage.redis import FAULTS

log = logging.getLogger(__name__)

JOB_SECONDS = 60
RESULT_SECONDS = 60
FAILURE_SECONDS = 24 * 3600
WORKER_TTL = 30
MAINTENANCE_SECONDS = 30


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
        self._queues = {name: _queue(name, client) for name in jobs.Queue}

    async def send(self, queue: jobs.Queue, payload: jobs.JobPayload) -> None:
        """Enqueue a job with this payload.

        Raises:
            QueueUnavailable: Redis is away or full; the work stands in PostgreSQL and is enqueued again.
        """
        await asyncio.to_thread(self._send, queue, payload)

    async def depth(self, queue: jobs.Queue) -> int:
        """The number of jobs that wait.

        Raises:
            QueueUnavailable: Redis is away.
        """
        try:
            return await asyncio.to_thread(lambda: int(self._queues[queue].count))
        except FAULTS as error:
            raise QueueUnavailable(f"queue {queue}: {type(error).__name__}") from error

    async def clean(self) -> int:
        """Delete from the registries what they name no longer or for too long; how many entries that were.

        RQ's workers do it for their own queue; a queue may be without a worker for long.

        Raises:
            QueueUnavailable: Redis is away.
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


class _Seldom(logging.Filter):
    """Lets RQ log an absent Redis twice a minute; without it two threads would log it twice a second."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        if "could not connect to Redis" not in str(record.msg):
            return True
        if record.created < self._next:
            return False
        self._next = record.created + _SELDOM_SECONDS
        return True


_SELDOM_SECONDS = 30.0
_SELDOM = _Seldom()


class Stopping(Protocol):
    """Whether the process is to end."""

    def set(self) -> None:
        """Ask the process to end."""
        ...

    def is_set(self) -> bool:
        """Whether it was asked to end."""
        ...


class PayloadWorker(SimpleWorker):
    """Runs jobs in its own process, obeys and passes on a stop, and finds a Redis that returned at once."""

    max_connection_wait_time = 2.0
    dequeue_timeout = 5
    """How long it waits for a job before it asks again; each answer shows that its thread works."""
    connection_timeout = 0
    """Its connections need no longer time-out: they add to theirs what a command waits at the server."""

    def __init__(self, *args: Any, stopping: Stopping | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stopping = stopping

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 - the shape of RQ
        """Stop before the next job if that was asked for, even before RQ listened to signals."""
        if self._stopping is not None and self._stopping.is_set():
            raise StopRequested
        super().check_for_suspension(burst)

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Say that this worker lives; while it waits for a job, end if that was asked for.

        RQ's handler of a signal raises an error, which is lost where the signal comes amid a logging call or
        in a library that catches all. Without Redis it would then wait for its return for ever.
        """
        asked = self._stopping is not None and self._stopping.is_set()
        if asked and self.get_state() == WorkerStatus.IDLE:
            raise StopRequested
        super().heartbeat(*args, **kwargs)

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, RqQueue] | None:
        """The next job that can be read; RQ's worker would end at each that cannot."""
        while True:
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except Exception as error:
                job_id = _unreadable_id(error)
                if job_id is None:
                    raise
                self._drop(job_id)

    def execute_job(self, job: Job, queue: RqQueue) -> None:
        """Run a job; one whose record breaks RQ on the way is dropped."""
        try:
            super().execute_job(job, queue)
        except StopRequested:
            raise
        except FAULTS as error:
            if not is_wrong_type(error):
                raise
            self._drop(job.id)
        except Exception:  # noqa: BLE001 - a broken record raises whatever its fields are parsed by
            self._drop(job.id)

    def run_maintenance_tasks(self) -> None:
        """Clean the registries; a broken record in one is no reason to end."""
        try:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        except StopRequested:
            raise
        except FAULTS as error:
            if not is_wrong_type(error):
                raise
        except Exception as error:  # noqa: BLE001 - the same
            log.warning("A registry of RQ could not be cleaned (%s)", type(error).__name__)

    def _drop(self, job_id: str | bytes) -> None:
        """Count a job that cannot be read, and forget it: what it stood for is in PostgreSQL."""
        for queue in self.queues:
            self.connection.lrem(queue.intermediate_queue.key, 0, job_id)  # type: ignore[arg-type] # or bytes
            jobs_handled.labels(queue.name, "unreadable").inc()
        log.warning("A job that cannot be read was dropped; check who can write to Redis")

    def perform_job(self, job: Job, queue: RqQueue, execution: Execution) -> bool:
        """Run a job and count it; True: it succeeded."""
        is_done = bool(super().perform_job(job, queue, execution))
        jobs_handled.labels(queue.name, "done" if is_done else "failed").inc()
        return is_done

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Pass on a SIGTERM or SIGINT."""
        if self._stopping is not None:
            self._stopping.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def _unreadable_id(error: Exception) -> str | bytes | None:
    """The id of a job whose reading failed with this error; None: it failed at something else."""
    if isinstance(error, UnicodeDecodeError):
        return error.object
    if isinstance(error, FAULTS) and not is_wrong_type(error):
        return None
    job_id: str | None = getattr(error, "job_id", None)  # RQ says which it was about
    return job_id


def is_wrong_type(error: BaseException) -> bool:
    """Whether a key of a job holds something else than RQ writes; the server is well."""
    return isinstance(error, blocking.ResponseError) and "WRONGTYPE" in str(error)


def serve(queue: jobs.Queue, client: blocking.Redis, *, name: str, stopping: Stopping) -> None:
    """Run the jobs of a queue until a signal to stop (then `stopping` is set first) or a fault of Redis.

    Call it in the main thread, which gets the signals. After a fault of Redis call it again, with another
    name.
    """
    logging.getLogger("rq.worker").addFilter(_SELDOM)  # the same one again adds nothing
    try:
        make_worker(queue, client, name=name, stopping=stopping).work(logging_level="WARNING")
    except FAULTS as error:
        log.warning("Redis does not answer (%s); no jobs are taken", type(error).__name__)


def make_worker(
    queue: jobs.Queue, client: blocking.Redis, *, name: str, stopping: Stopping | None = None
) -> PayloadWorker:
    """A worker of one queue (with several, a kill loses jobs) that runs jobs in its own process."""
    return PayloadWorker(
        stopping=stopping,
        queues=[_queue(queue, client)],
        name=name,
        connection=client,
        job_class=PayloadJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )


def _queue(name: jobs.Queue, client: blocking.Redis) -> RqQueue:
    return RqQueue(
        name.value,
        connection=client,
        job_class=PayloadJob,
        serializer=JSONSerializer,
        default_timeout=JOB_SECONDS,
    )
