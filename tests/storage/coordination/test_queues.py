"""Payloads reach the functions of the allow-list, and no others run."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import redis as blocking
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from domain.errors import QueueUnavailable
from domain.jobs import AnswerPayload, DeliverPayload, QuestionKind, Queue
from runtime.clock import monotonic
from runtime.embedded.valkey import EmbeddedValkey
from runtime.processes.watchdog import SilenceLimits
from storage.coordination.queues import _SELDOM, ForbiddenJob, PayloadJob, Queues, make_worker, serve
from storage.redis import QUICK_SECONDS, open_blocking_redis, open_queue_redis
from storage.redis_breaker import REST_SECONDS, breaker_of
from tests.hanging import hanging

DEAD = "redis://127.0.0.1:1/0"
Fields = dict[Any, Any]


@pytest.mark.services
async def test_a_payload_waits_on_its_queue(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        queues = Queues(client)
        await queues.send(Queue.SECURITY_SCAN, AnswerPayload(question_id=5, kind=QuestionKind.SECURITY_SCAN))
        assert await queues.depth(Queue.SECURITY_SCAN) == 1
        assert await queues.depth(Queue.NOTIFICATIONS) == 0


@pytest.mark.services
async def test_a_job_that_names_a_shell_is_refused_and_not_run(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        worker = make_worker(Queue.NOTIFICATIONS, client, name="w")
        worker.queues[0].enqueue("os.system", "exit 3")
        (job,) = worker.queues[0].jobs
        with pytest.raises(ForbiddenJob):
            _ = job.func
        worker.work(burst=True)
        assert job.get_status(refresh=True) == "failed"


@pytest.mark.services
async def test_a_callback_is_no_way_around_the_list(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        job = Job.create(
            "workers.notifications.deliver", connection=client, serializer=JSONSerializer, args=("{}",)
        )
        job._success_callback_name = "os.system"
        job.save()
        found = PayloadJob.fetch(job.id, connection=client, serializer=JSONSerializer)
        with pytest.raises(ForbiddenJob):
            _ = found.func


BROKEN_FIELDS = (
    {"created_at": "yesterday"},
    {"timeout": "nan"},
    {"retries_left": "x"},
    {"meta": b"\xff"},
    {"data": b"x"},
)


@pytest.mark.services
@pytest.mark.parametrize("fields", BROKEN_FIELDS, ids=str)
def test_a_record_that_cannot_be_read_costs_itself_and_no_worker(valkey_url: str, fields: Fields) -> None:
    _goes_on_after(
        valkey_url, b"broken", lambda client: client.hset("rq:job:broken", mapping={**WHOLE, **fields})
    )


@pytest.mark.services
def test_a_key_of_another_kind_costs_itself_and_no_worker(valkey_url: str) -> None:
    _goes_on_after(valkey_url, b"broken", lambda client: client.set("rq:job:broken", "x"))


@pytest.mark.services
@pytest.mark.parametrize("job_id", [b"*", b"../../etc", b"a b", b"\xff\xfe", b"", b"x" * 5_000], ids=str)
def test_an_id_that_is_none_costs_itself_and_no_worker(valkey_url: str, job_id: bytes) -> None:
    _goes_on_after(valkey_url, job_id, lambda client: client.hset(b"rq:job:" + job_id, mapping=WHOLE))


WHOLE: Fields = {
    "created_at": "2026-11-28T00:00:00.000000Z",
    "origin": "balance-check",
    "data": b"",
}


def _goes_on_after(valkey_url: str, job_id: bytes, write: Callable[[blocking.Redis], object]) -> None:
    """The worker of a queue drops the job and takes the next one."""
    with open_blocking_redis(valkey_url) as client:
        write(client)
        client.rpush("rq:queue:balance-check", job_id)
        worker = make_worker(Queue.BALANCE_CHECK, client, name="w")
        sound = worker.queues[0].enqueue("os.system", "exit 3").id
        worker.work(burst=True)
        found = PayloadJob.fetch(sound, connection=client, serializer=JSONSerializer)
        assert found.get_status() == "failed"  # it was taken, and refused
        assert client.llen(worker.queues[0].intermediate_queue.key) == 0


async def test_a_redis_that_is_away_is_an_error_with_a_name() -> None:
    with open_blocking_redis(DEAD) as client:
        queues = Queues(client)
        with pytest.raises(QueueUnavailable):
            await queues.send(Queue.NOTIFICATIONS, DeliverPayload())
        with pytest.raises(QueueUnavailable):
            await queues.depth(Queue.NOTIFICATIONS)


async def test_an_absent_redis_is_logged_seldom(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("rq.worker")
    logger.addFilter(_SELDOM)
    for _ in range(5):
        logger.error("Worker %s: could not connect to Redis instance: %s", "w", "refused")
        logger.error("something else")
    logger.removeFilter(_SELDOM)
    assert [record.msg for record in caplog.records].count("something else") == 5
    assert len(caplog.records) <= 6


class Flag:
    def __init__(self) -> None:
        self.said = False

    def set(self) -> None:
        self.said = True

    def is_set(self) -> bool:
        return self.said


@pytest.mark.services
async def test_a_stop_before_the_worker_listens_ends_it(valkey_url: str) -> None:
    stopping = Flag()
    stopping.set()
    with open_blocking_redis(valkey_url) as client:
        serve(Queue.NOTIFICATIONS, client, name="w", stopping=stopping)


@pytest.mark.services
def test_a_stop_whose_signal_was_lost_on_the_way_ends_the_wait_for_a_job(valkey_url: str) -> None:
    stopping = threading.Event()
    with open_blocking_redis(valkey_url) as client, ThreadPoolExecutor(1) as pool:
        worker = make_worker(Queue.BALANCE_CHECK, client, name="w", stopping=stopping)
        waiting = pool.submit(worker.dequeue_job_and_maintain_ttl, 1)
        stopping.set()
        with pytest.raises(StopRequested):
            waiting.result(10)


async def test_an_absent_redis_ends_serving_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with open_blocking_redis(DEAD) as client:
        serve(Queue.NOTIFICATIONS, client, name="w", stopping=Flag())
    assert "no jobs are taken" in caplog.text


@pytest.mark.services
def test_a_worker_gives_up_a_hanging_redis_before_it_is_taken_for_dead(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        worker = make_worker(Queue.NOTIFICATIONS, client, name="patient")
        timeout = client.connection_pool.connection_kwargs["socket_timeout"]
        assert timeout == QUICK_SECONDS, "the library must not make it longer"
        assert worker.dequeue_timeout + timeout < SilenceLimits().silent


@pytest.mark.services
async def test_a_redis_that_hangs_costs_a_worker_and_all_other_clients_one_short_time_out(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        valkey = EmbeddedValkey(tmp_path, durable=False)
        await valkey.start()
        stack.push_async_callback(valkey.stop)
        client = stack.enter_context(open_blocking_redis(valkey.url))
        other = stack.enter_context(open_queue_redis(valkey.url))
        worker = make_worker(Queue.NOTIFICATIONS, client, name="w", stopping=(stopping := Flag()))
        worker.dequeue_timeout = 1
        watcher = _Watcher(valkey, client, other)
        with ThreadPoolExecutor(1) as threads:
            watched = threads.submit(watcher.watch, stopping)
            worker.work()
            watched.result()
    assert watcher.noticed < worker.dequeue_timeout + QUICK_SECONDS + 0.5
    assert max(watcher.waits) < 0.2
    assert watcher.done_after < REST_SECONDS + worker.max_connection_wait_time + 1.0


class _Watcher:
    """Beside a worker that takes jobs in the main thread: lets Redis hang, asks it, and lets it go on."""

    def __init__(self, valkey: EmbeddedValkey, client: blocking.Redis, other: blocking.Redis) -> None:
        self.noticed = 0.0
        """Seconds until the worker's own question had timed out."""
        self.waits: list[float] = []
        """Seconds that each later question took, of a client of workers and of one that enqueues."""
        self.done_after = 0.0
        """Seconds from the end of the hang until a job was done."""
        self._valkey = valkey
        self._clients = client, other

    def watch(self, stopping: Flag) -> None:
        try:
            self._until(lambda: self._done("before"))
            with hanging(self._valkey):
                began = monotonic()
                breaker = breaker_of("127.0.0.1", int(self._valkey.url.split(":")[-1].split("/")[0]))
                self._until(lambda: breaker.is_away)
                self.noticed = monotonic() - began
                for client in self._clients * 5:
                    self.waits.append(self._refused(client))
            began = monotonic()
            self._until(lambda: self._done("after"))
            self.done_after = monotonic() - began
        finally:
            stopping.set()
            self._done("last")  # so that the worker looks whether it is to stop

    def _refused(self, client: blocking.Redis) -> float:
        began = monotonic()
        with pytest.raises(blocking.ConnectionError):
            client.ping()
        return monotonic() - began

    def _done(self, name: str) -> bool:
        """Whether the worker has taken a job of this name, which is enqueued first."""
        _, other = self._clients
        try:
            if not other.exists(f"rq:job:{name}"):
                job = Job.create("os.system", id=name, connection=other, serializer=JSONSerializer)
                job.origin = Queue.NOTIFICATIONS.value
                job.save()
                other.rpush(f"rq:queue:{Queue.NOTIFICATIONS.value}", name)
            return other.hget(f"rq:job:{name}", "status") == b"failed"
        except (blocking.ConnectionError, blocking.TimeoutError):
            return False

    @staticmethod
    def _until(is_true: Callable[[], bool]) -> None:
        deadline = monotonic() + 15
        while not is_true():
            assert monotonic() < deadline
            threading.Event().wait(0.02)
