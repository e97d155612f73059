"""Every worker can be put together, and refuses a Redis that would lose its queues."""

import asyncio

import pytest
from redis.asyncio import Redis

from domain.errors import Misconfigured
from domain.jobs import Queue
from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from storage.coordination.instances import instances
from storage.postgres import Database
from workers.wiring import _open_worker, _owner, run_dispatcher

pytestmark = pytest.mark.services


@pytest.fixture
def settings(postgres_url: str, valkey_url: str) -> Settings:
    return load_settings(
        {
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "BOT_TOKEN": "7000000001:AASandboxSandboxSandboxSandboxSandb",
            "RPC_URLS": "http://127.0.0.1:9",
            "CHAIN": "sandbox",
        }
    )


@pytest.mark.parametrize("queue", Queue)
async def test_every_worker_opens_and_closes(queue: Queue, settings: Settings) -> None:
    stop = Stop()
    async with _open_worker(queue, settings, "owner", stop) as context:
        assert (context.rpc is None) is (queue in {Queue.NOTIFICATIONS, Queue.MAINTENANCE})
        assert await context.database.fetchval("SELECT 1") == 1
        context.wake()
        stop.set()


async def test_the_dispatcher_runs_until_the_stop(settings: Settings, database: Database) -> None:
    stop = Stop()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(run_dispatcher(settings, stop))
        while not await instances(database):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.01)
        stop.set()
    assert await instances(database) == []


async def test_a_server_that_evicts_queues_is_refused(settings: Settings, redis_client: Redis) -> None:
    await redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(Misconfigured, match="noeviction"):
            async with _open_worker(Queue.NOTIFICATIONS, settings, "owner", Stop()):
                pytest.fail("it started")
    finally:
        await redis_client.config_set("maxmemory-policy", "noeviction")


def test_each_life_of_a_process_has_its_own_name(settings: Settings) -> None:
    assert _owner(settings) != _owner(settings)
