"""Failed jobs are counted by cause and enqueued again, except those that must not run."""

from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from domain.errors import QueueUnavailable
from domain.jobs import DeliverPayload, Queue
from storage.coordination.failed_jobs import FORBIDDEN, UNREADABLE, FailedJobs
from storage.coordination.queues import Queues, make_worker
from storage.redis import open_blocking_redis

QUEUE = Queue.NOTIFICATIONS
CAUSE = "RuntimeError"
"""There is no worker process around the worker of these tests, so that each job fails."""


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    with open_blocking_redis(valkey_url) as client:
        yield client


async def fail(redis: Redis, count: int) -> None:
    for _ in range(count):
        await Queues(redis).send(QUEUE, DeliverPayload())
    run(redis)


def run(redis: Redis) -> None:
    worker = make_worker(QUEUE, redis, name="w")
    for _ in range(3):  # each job is tried twice more by itself
        worker.work(burst=True)


@pytest.mark.services
async def test_states_count_waiting_and_failed_jobs(redis: Redis) -> None:
    await fail(redis, 2)
    await Queues(redis).send(QUEUE, DeliverPayload())
    states = {state.queue: state for state in await FailedJobs(redis).states()}
    assert set(states) == set(Queue)
    assert (states[QUEUE].waiting, states[QUEUE].failed, states[QUEUE].workers) == (1, 2, 0)
    assert 0 <= states[QUEUE].oldest_seconds < 60


@pytest.mark.services
async def test_failed_jobs_are_enqueued_again_up_to_the_limit(redis: Redis) -> None:
    await fail(redis, 3)
    failed = FailedJobs(redis)
    assert await failed.causes() == {(QUEUE, CAUSE): 3}
    assert (await failed.requeue(QUEUE, "another", limit=9)).done == 0
    assert (await failed.requeue(QUEUE, CAUSE, limit=2)).done == 2
    assert await failed.causes() == {(QUEUE, CAUSE): 1}
    assert await Queues(redis).depth(QUEUE) == 2


@pytest.mark.services
async def test_a_job_that_must_not_run_is_never_enqueued_again(redis: Redis) -> None:
    queue = RqQueue(QUEUE.value, connection=redis, serializer=JSONSerializer)
    queue.enqueue("os.system", "true")
    run(redis)
    failed = FailedJobs(redis)
    assert await failed.causes() == {(QUEUE, FORBIDDEN): 1}
    again = await failed.requeue(QUEUE, FORBIDDEN, limit=9)
    assert (again.done, again.refused) == (0, 1)
    assert await Queues(redis).depth(QUEUE) == 0


@pytest.mark.services
async def test_a_job_that_expired_is_counted_and_forgotten(redis: Redis) -> None:
    await fail(redis, 1)
    for key in redis.keys("rq:job:*"):
        redis.delete(key)
    failed = FailedJobs(redis)
    again = await failed.requeue(QUEUE, CAUSE, limit=9)
    assert (again.done, again.expired) == (0, 1)
    assert await failed.causes() == {}


async def test_an_absent_redis_raises_an_error_with_a_name() -> None:
    with open_blocking_redis("redis://127.0.0.1:1/0") as client:
        failed = FailedJobs(client)
        with pytest.raises(QueueUnavailable):
            await failed.causes()


@pytest.mark.services
@pytest.mark.parametrize(
    "broken",
    [{"created_at": "never"}, {"data": b"\xff\x00"}, {"timeout": "soon"}, {"success_callback_name": b"\xff"}],
)
async def test_a_job_that_cannot_be_read_is_counted_and_the_others_are_enqueued_again(
    redis: Redis, broken: dict[str, str | bytes]
) -> None:
    await fail(redis, 3)
    job_id = RqQueue(QUEUE.value, connection=redis).failed_job_registry.get_job_ids()[1]
    for field, value in broken.items():
        redis.hset(f"rq:job:{job_id}", field, value)
    failed = FailedJobs(redis)
    causes = await failed.causes()
    assert sum(causes.values()) == 3
    assert causes[QUEUE, CAUSE] >= 2
    assert (await failed.requeue(QUEUE, CAUSE, limit=9)).done >= 2
    refused = await failed.requeue(QUEUE, UNREADABLE, limit=9)
    assert refused.refused == causes[QUEUE, UNREADABLE]
    assert len(await failed.states()) == len(Queue)
