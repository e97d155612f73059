"""RQ's workers: each runs the jobs of one queue in its own process.

What others write to Redis does not end one: a record that cannot be read is dropped.
"""

import logging
from types import FrameType
from typing import Any, Protocol

import redis as blocking
from rq import Queue as RqQueue
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from domain import jobs
from runtime.observability.metrics import jobs_handled
from storage.coordination.queues import PayloadJob, note_done, open_queue
from storage.redis import FAULTS

log = logging.getLogger(__name__)

WORKER_TTL = 30
MAINTENANCE_SECONDS = 30


class _ThrottledLog(logging.Filter):
    """Throttles RQ's log of an absent Redis to twice a minute; two threads would log it twice a second."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        if "could not connect to Redis" not in str(record.msg):
            return True
        if record.created < self._next:
            return False
        self._next = record.created + _LOG_INTERVAL_SECONDS
        return True


_LOG_INTERVAL_SECONDS = 30.0
_SELDOM = _ThrottledLog()


class Stopping(Protocol):
    """Whether the process is to end."""

    def set(self) -> None:
        """Ask the process to end."""
        ...

    def is_set(self) -> bool:
        """Return whether it was asked to end."""
        ...


class PayloadWorker(SimpleWorker):
    """Runs jobs in its own process, obeys and passes on a stop, and finds a Redis that returned at once.

    Args:
        args: of RQ's worker.
        stopping: set at a signal, and asked before each job; None: nobody asks.
        kwargs: of RQ's worker.
    """

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
        in a library that catches all. Without Redis it would then wait for its return forever.
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
        """Run a job and count it; True: it succeeded.

        Args:
            job: what RQ took from the queue; its payload is checked before a function is called.
            queue: where it came from, for the count.
            execution: RQ's record of this run, which it passes.
        """
        is_done = bool(super().perform_job(job, queue, execution))
        jobs_handled.labels(queue.name, "done" if is_done else "failed").inc()
        if is_done:
            note_done(self.connection, queue.name)
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
    """Return whether a key of a job holds something else than RQ writes; the server is well."""
    return isinstance(error, blocking.ResponseError) and "WRONGTYPE" in str(error)


def serve(queue: jobs.Queue, client: blocking.Redis, *, name: str, stopping: Stopping) -> None:
    """Run the jobs of a queue until a signal to stop (then `stopping` is set first) or a fault of Redis.

    Call it in the main thread, which gets the signals. After a fault of Redis call it again, with another
    name.

    Args:
        queue: the one queue; several would lose jobs at a kill.
        client: a blocking one, since RQ is.
        name: unique among workers, or RQ refuses to start.
        stopping: set at a signal; once it is set, no further job is begun.
    """
    logging.getLogger("rq.worker").addFilter(_SELDOM)  # the same one again adds nothing
    try:
        make_worker(queue, client, name=name, stopping=stopping).work(logging_level="WARNING")
    except FAULTS as error:
        log.warning("Redis does not answer (%s); no jobs are taken", type(error).__name__)


def make_worker(
    queue: jobs.Queue, client: blocking.Redis, *, name: str, stopping: Stopping | None = None
) -> PayloadWorker:
    """A worker of one queue (with several, a kill loses jobs) that runs jobs in its own process.

    Args:
        queue: whose jobs.
        client: a blocking one, since RQ is.
        name: unique among workers, or RQ refuses to start.
        stopping: set at a signal; None: nobody asks.
    """
    return PayloadWorker(
        stopping=stopping,
        queues=[open_queue(queue, client)],
        name=name,
        connection=client,
        job_class=PayloadJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
