"""Workers of RQ refuse what is not on the list, drop what cannot be read, and end when they are asked to."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis as blocking
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from domain.jobs import Queue
from runtime.clock import monotonic
from runtime.embedded.valkey import EmbeddedValkey
from runtime.processes.watchdog import SilenceLimits
from storage.coordination.queue_workers import _SELDOM, make_worker, serve
from storage.coordination.queues import ForbiddenJob, PayloadJob
from storage.redis import QUICK_SECONDS, open_blocking_redis, open_queue_redis
from storage.redis_breaker import LATE_SECONDS, REST_SECONDS, breaker_of
from tests.hanging import hanging

DEAD = "redis://127.0.0.1:1/0"
Fields = dict[Any, Any]


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
        monkeypatch.setattr(watcher.breaker, "timed_out", watcher.note_time_out)
        with ThreadPoolExecutor(1) as threads:
            watched = threads.submit(watcher.watch, stopping)
            worker.work()
            watched.result()
    assert {one.seconds for one in watcher.time_outs} == {QUICK_SECONDS}
    first = next(one for one in watcher.time_outs if one.is_timely or one.opened)
    assert first.opened
    assert len(watcher.refused) == 10
    assert len(watcher.asked) <= (watcher.refused_at - watcher.opened_at) / REST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class _TimeOut:
    """A question that was given up."""

    seconds: float
    """How long its answer might take."""
    is_timely: bool
    """Whether this process gave it up when it was due; else it was held up itself, and blames no server."""
    opened: bool
    """Whether the server counts as away since then."""


class _Watcher:
    """Beside a worker that takes jobs in the main thread: lets Redis hang, asks it, and lets it continue.

    What it costs is counted in questions that were given up, which no load of the machine makes more.
    """

    def __init__(self, valkey: EmbeddedValkey, client: blocking.Redis, other: blocking.Redis) -> None:
        self.breaker = breaker_of("127.0.0.1", int(valkey.url.split(":")[-1].split("/")[0]))
        self.time_outs: list[_TimeOut] = []
        """In order, whoever asked."""
        self.refused: list[blocking.RedisError] = []
        """What later questions got, of a client of workers and of one that enqueues."""
        self.asked: list[blocking.TimeoutError] = []
        """Those of them that asked the server, for all, when a rest was over."""
        self.opened_at = 0.0
        """From then on the server counted as away, by the monotonic clock."""
        self.refused_at = 0.0
        """When the last of these questions was over."""
        self._note = self.breaker.timed_out
        self._valkey = valkey
        self._clients = client, other

    def note_time_out(self, *, since: float, seconds: float) -> None:
        """Note a question that is given up, and what that makes of the breaker."""
        was_away, began = self.breaker.is_away, monotonic()
        self._note(since=since, seconds=seconds)
        late = monotonic() - since - seconds
        opened = self.breaker.is_away and not was_away
        if opened:
            self.opened_at = began
        self.time_outs.append(_TimeOut(seconds=seconds, is_timely=late <= LATE_SECONDS, opened=opened))

    def watch(self, stopping: Flag) -> None:
        try:
            self._until(lambda: self._done("before"))
            self._until(self._waits_for_a_job)  # beside that wait a time-out ends a worker of RQ
            with hanging(self._valkey):
                self._until(lambda: self.breaker.is_away and self.opened_at > 0)
                for client in self._clients * 5:
                    self._ask(client)
                self.refused_at = monotonic()
            self._until(lambda: self._done("after"))
        finally:
            stopping.set()
            self._done("last")  # so that the worker looks whether it is to stop

    def _ask(self, client: blocking.Redis) -> None:
        with pytest.raises((blocking.ConnectionError, blocking.TimeoutError)) as fault:
            client.ping()
        self.refused.append(fault.value)
        if isinstance(fault.value, blocking.TimeoutError):
            self.asked.append(fault.value)

    def _waits_for_a_job(self) -> bool:
        """Return whether the worker has asked the server for the next job."""
        _, other = self._clients
        try:
            return any(one["cmd"] == "blmove" for one in other.client_list())
        except (blocking.ConnectionError, blocking.TimeoutError):
            return False

    def _done(self, name: str) -> bool:
        """Return whether the worker has taken a job of this name, which is enqueued first."""
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
        deadline = monotonic() + 60
        while not is_true():
            assert monotonic() < deadline
            threading.Event().wait(0.02)
