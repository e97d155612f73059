"""Wake-ups come at once, and their absence only costs time."""

import asyncio

import pytest
from redis.asyncio import Redis

from storage.coordination.wake_ups import WakeUps, wake
from storage.redis import open_redis


@pytest.mark.services
async def test_a_wake_up_ends_the_wait(redis_client: Redis) -> None:
    wake_ups = WakeUps(redis_client, "news")
    assert not await wake_ups.wait(0.05)
    async with redis_client.pipeline(transaction=True) as at_once:  # so that they arrive together
        for _ in range(3):
            at_once.publish("news", "")
        await at_once.execute()
    async with asyncio.timeout(5):
        assert await wake_ups.wait(60)
    assert not await wake_ups.wait(0.05)
    await wake_ups.close()


async def test_without_redis_the_wait_lasts_as_long_as_a_poll() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    wake_ups = WakeUps(client, "news")
    loop = asyncio.get_running_loop()
    start = loop.time()
    assert not await wake_ups.wait(0.3)
    assert loop.time() - start >= 0.29
    assert not await wake(client, "news")
    await wake_ups.close()
    await client.aclose()


@pytest.mark.services
async def test_a_wake_up_returns_the_number_of_its_listeners(redis_client: Redis) -> None:
    assert await wake(redis_client, "here") == 0
    wake_ups = WakeUps(redis_client, "here")
    await wake_ups.wait(0.05)
    assert await wake(redis_client, "here") == 1
    await wake_ups.close()


@pytest.mark.services
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_wait_that_is_cancelled_ends_at_whatever_moment_of_connecting(valkey_url: str) -> None:
    for step in range(120):
        client = open_redis(valkey_url)
        wake_ups = WakeUps(client, "news")
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(wake_ups.wait(20))
            await asyncio.sleep(step * 0.00005)
            waiting.cancel()
            done, _ = await asyncio.wait({waiting}, timeout=5)
            assert done, "the cancellation was swallowed"
        await wake_ups.close()
        await client.aclose()
