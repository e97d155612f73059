"""Failed jobs are counted by cause and enqueued again, except those that must not run."""

from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from domain.errors import QueueUnavailable
from domain.jobs import DeliverPayload, Queue
from runtime import clock
from storage.coordination.failed_jobs import FORBIDDEN, UNREADABLE, FailedJobs
from storage.coordination.queue_workers import make_worker
from storage.coordination.queues import Queues
from storage.keys import jobs_done
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
async def test_states_count_the_jobs_that_ended_well_within_a_day(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.notifications.deliver", lambda _: None)
    for _ in range(3):
        await Queues(redis).send(QUEUE, DeliverPayload())
    run(redis)
    hour = int(clock.unix() // 3600)
    redis.set(jobs_done(QUEUE, hour - 23), 4)
    redis.set(jobs_done(QUEUE, hour - 22), "what somebody broke")
    redis.set(jobs_done(QUEUE, hour - 24), 100)
    done = {state.queue: state.done for state in await FailedJobs(redis).states()}
    assert done == {**dict.fromkeys(Queue, 0), QUEUE: 7}
    assert 0 < int(redis.ttl(jobs_done(QUEUE, hour))) <= 24 * 3600


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


@pytest.mark.services
async def test_ids_that_are_no_text_are_counted_and_stop_nothing(redis: Redis) -> None:
    await fail(redis, 1)
    strange = b"job-\xed\xa0\x80"
    redis.zadd(f"rq:failed:{QUEUE}", {strange: 2**33})
    redis.lpush(f"rq:queue:{QUEUE}", strange)
    failed = FailedJobs(redis)
    states = {state.queue: state for state in await failed.states()}
    assert (states[QUEUE].waiting, states[QUEUE].failed, states[QUEUE].oldest_seconds) == (1, 2, 0.0)
    assert await failed.causes() == {(QUEUE, UNREADABLE): 1, (QUEUE, CAUSE): 1}
    assert (await failed.requeue(QUEUE, CAUSE, limit=5)).done == 1
