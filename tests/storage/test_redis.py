"""A queue server must keep what it is given."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from domain.errors import Misconfigured, QueueUnavailable
from storage.redis import check_queue_server, open_blocking_redis, open_redis


@pytest.mark.services
async def test_b21_a_server_that_evicts_queues_is_refused(redis_client: Redis) -> None:
    await check_queue_server(redis_client)
    await redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(Misconfigured, match="allkeys-lru"):
            await check_queue_server(redis_client)
    finally:
        await redis_client.config_set("maxmemory-policy", "noeviction")


async def test_a_server_that_is_away_is_reported_without_the_password() -> None:
    client = open_redis("redis://:hunter2@127.0.0.1:1/0")
    with pytest.raises(QueueUnavailable) as caught:
        await check_queue_server(client)
    assert "hunter2" not in str(caught.value)
    await client.aclose()


def test_each_attempt_to_reach_a_server_that_is_away_is_reported() -> None:
    attempts = []

    def report() -> None:
        attempts.append(1)

    with open_blocking_redis("redis://127.0.0.1:1/0", on_attempt=report) as client:
        for _ in range(2):
            with pytest.raises(RedisConnectionError):
                client.ping()
    assert len(attempts) >= 2


@pytest.mark.services
async def test_whoever_asks_again_and_again_ends_at_the_first_cancellation(redis_client: Redis) -> None:
    async def ask() -> None:
        while True:
            await redis_client.get("key")

    for steps in range(60):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(ask())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            _, pending = await asyncio.wait({task}, timeout=2)
            task.cancel()
            assert not pending, f"cancelled after {steps} steps of the loop"
