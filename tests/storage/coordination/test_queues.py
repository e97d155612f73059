"""Payloads reach the functions of the allow-list, and no others run."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
import redis as blocking
from rq.job import Job
from rq.serializers import JSONSerializer

from domain.errors import QueueUnavailable
from domain.jobs import AnswerPayload, DeliverPayload, QuestionKind, Queue
from runtime.processes.watchdog import SilenceLimits
from storage.coordination.queues import _SELDOM, ForbiddenJob, PayloadJob, Queues, make_worker, serve
from storage.redis import open_blocking_redis

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


async def test_an_absent_redis_ends_serving_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with open_blocking_redis(DEAD) as client:
        serve(Queue.NOTIFICATIONS, client, name="w", stopping=Flag())
    assert "no jobs are taken" in caplog.text


@pytest.mark.services
def test_a_worker_gives_up_a_hanging_redis_before_it_is_taken_for_dead(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        worker = make_worker(Queue.NOTIFICATIONS, client, name="patient")
        assert worker.connection_timeout < SilenceLimits().silent
