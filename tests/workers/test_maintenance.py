"""The hourly cleanup runs once, and only for its own letters."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
import redis as blocking
from msgspec import structs
from rq.registry import FailedJobRegistry

from domain import jobs
from domain.jobs import Queue
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.clock import now
from runtime.settings.loading import load_settings
from storage.caches import Caches
from storage.coordination.leases import is_open
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis, open_redis
from tests.storage.sample_data import ALICE, follow, happened, purchase
from tests.workers.cached import facts_without_redis
from workers.cached_facts import open_cached_facts
from workers.maintenance import CLEANUP, run_retention, work
from workers.process import Context


@pytest.fixture
def queue_redis(valkey_url: str) -> Iterator[blocking.Redis]:
    with open_blocking_redis(valkey_url) as client:
        yield client


@pytest.fixture
def context(database: Database, queue_redis: blocking.Redis) -> Context:
    return Context(
        settings=load_settings({}),
        owner="a",
        database=database,
        telegram=Methods("1:token", "http://127.0.0.1:9"),
        cached=facts_without_redis(database),
        callbacks=Callbacks("1:token"),
        job_queues=Queues(queue_redis),
    )


@pytest.mark.services
async def test_h91_two_workers_do_the_hours_cleanup_once(context: Context, database: Database) -> None:
    done = await asyncio.gather(*(run_retention(replace(context, owner=owner)) for owner in "abcd"))
    assert sorted(done) == [False, False, False, True]
    assert not await is_open(database, CLEANUP)
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert report["deliveries"] == 0
    assert len(report["made"]) == 8


@pytest.mark.services
async def test_scenario_35_a_day_that_began_without_its_partition_is_reported_to_operators(
    context: Context, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(database, ALICE)
    tomorrow = int((now() + timedelta(days=1)).timestamp())
    await happened(database, structs.replace(purchase(), block_time=tomorrow))
    assert await run_retention(context)
    assert "1 activities stay in the default partition" in caplog.text
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert (report["left_in_default"], len(report["made"])) == (1, 7)


@pytest.mark.services
async def test_old_registry_entries_and_stale_cached_values_are_deleted(
    context: Context, database: Database, queue_redis: blocking.Redis, valkey_url: str
) -> None:
    queues, gone = Queues(queue_redis), f"{FailedJobRegistry.key_template.format(Queue.SECURITY_SCAN.value)}"
    queue_redis.zadd(gone, {"a job that expired": 2**40, "a job of long ago": 1})
    queue_redis.set("whale:cache:0:tokens:value:a", b"for ever")
    cache_redis = open_redis(valkey_url, text=False)
    cached = open_cached_facts(Caches(cache_redis), database, chain="sandbox")
    assert await run_retention(replace(context, cached=cached, job_queues=queues))
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert (report["registry entries"], report["cached values"]) == (2, 1)
    assert queue_redis.zcard(gone) == 0
    await cache_redis.aclose()


@pytest.mark.services
async def test_without_redis_the_rows_are_deleted_all_the_same(context: Context) -> None:
    with open_blocking_redis("redis://127.0.0.1:1/0") as away:
        assert await run_retention(replace(context, job_queues=Queues(away)))


def test_a_payload_of_another_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="maintenance"):
        work(jobs.write(jobs.DeliverPayload()))
