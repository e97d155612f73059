"""Figures of PostgreSQL, Redis and the queues are what is there."""

import pytest
from redis.asyncio import Redis
from rq import Queue as RqQueue

from domain.errors import QueueUnavailable
from domain.jobs import DeliverPayload, Queue
from storage.admin.figures import database_figures, instances_by_state, queue_figures, redis_figures
from storage.coordination.instances import beat
from storage.coordination.leases import take_lease
from storage.coordination.queues import Queues
from storage.ingest.activity_partitions import AHEAD_DAYS, keep_partitions
from storage.postgres import Database
from storage.redis import open_blocking_redis, open_redis

pytestmark = pytest.mark.services


async def test_the_figures_of_postgresql_are_what_is_there(database: Database) -> None:
    empty = await database_figures(database)
    await take_lease(database, name="polling", owner="bot-1", seconds=30)
    await keep_partitions(database, days=90)
    found = await database_figures(database)
    assert (empty.leases, found.leases) == (0, 1)
    assert (empty.partitions_ahead, found.partitions_ahead) == (0, AHEAD_DAYS)
    assert found.bytes > 1_000_000
    assert 0 < found.backends <= found.backends_max
    assert found.oldest_transaction_seconds >= 0


async def test_processes_are_counted_by_program_and_by_whether_they_are_silent(database: Database) -> None:
    for name in ("bot-1", "bot-2"):
        await beat(database, instance_id=name, program="bot")
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - interval '1 minute' WHERE instance_id = 'bot-2'"
    )
    assert await instances_by_state(database) == {"bot": (1, 1)}


async def test_the_figures_of_a_redis_server_are_what_is_there(redis_client: Redis) -> None:
    await redis_client.set("a", "b")
    found = await redis_figures(redis_client)
    assert found.keys == 1
    assert found.memory_bytes > 100_000
    assert found.clients >= 1
    assert 0 < found.ping_seconds < 5


async def test_jobs_and_workers_are_counted_by_queue(redis_client: Redis, valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as blocking:
        await Queues(blocking).send(Queue.NOTIFICATIONS, DeliverPayload())
        failed = RqQueue("security-scan", connection=blocking).failed_job_registry
        blocking.zadd(failed.key, {"a": 1, "b": 2})
        blocking.sadd("rq:workers:maintenance", "rq:worker:one")
    found = await queue_figures(redis_client)
    assert (found[Queue.NOTIFICATIONS].queued, found[Queue.NOTIFICATIONS].failed) == (1, 0)
    assert found[Queue.SECURITY_SCAN].failed == 2
    assert found[Queue.MAINTENANCE].workers == 1


async def test_the_first_job_that_waits_has_an_age(redis_client: Redis, valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as blocking:
        for queue in (Queue.NOTIFICATIONS, Queue.MAINTENANCE):
            for _ in range(2):
                await Queues(blocking).send(queue, DeliverPayload())
        first, _ = await redis_client.lrange("rq:queue:notifications", 0, -1)
        await redis_client.hset("rq:job:" + str(first), "enqueued_at", "2020-01-01T00:00:00.000000Z")
        (broken,) = await redis_client.lrange("rq:queue:maintenance", 0, 0)
        await redis_client.hset("rq:job:" + str(broken), "enqueued_at", "what somebody broke")
    found = await queue_figures(redis_client)
    assert found[Queue.NOTIFICATIONS].oldest_seconds > 5 * 365 * 86_400
    assert found[Queue.MAINTENANCE].oldest_seconds == 0
    assert found[Queue.WHALE_SEARCH].oldest_seconds == 0


async def test_a_server_that_is_away_is_said_to_be() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    with pytest.raises(QueueUnavailable):
        await redis_figures(client)
    with pytest.raises(QueueUnavailable):
        await queue_figures(client)
    await client.aclose()
