"""What the dispatcher shows of the servers that all programs share."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.canary import CANARY_CHAT
from domain.errors import DatabaseUnavailable
from runtime.clock import monotonic
from runtime.observability.metrics import REGISTRY
from runtime.processes.lifecycle import Stop
from storage.admin.canary import canary_age
from storage.coordination.instances import beat
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database, open_database
from storage.redis import open_blocking_redis, open_redis
from tests.storage.sample_data import CHAIN, fan_out_all
from tests.workers.conftest import WorkerTestbed
from workers.gauges import monitor_canary, note_database, note_database_answer, note_redis
from workers.stages import Dispatch

pytestmark = pytest.mark.services
CANARIES = "SELECT min(state) FROM deliveries WHERE chat_id = $1"
AWAY = "redis://127.0.0.1:1/0"


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"whale_watcher_{name}", labels)


def dispatch(database: Database, redis: Redis, url: str, folder: Path) -> Dispatch:
    return Dispatch(
        database=database,
        queues=Queues(open_blocking_redis(url)),
        wake_ups=WakeUps(redis, ALERTS_CHANNEL),
        redis_servers={"queues": redis, "caches": open_redis(AWAY)},
        folder=folder,
    )


async def test_what_answers_is_up_and_what_does_not_is_down(
    postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    database, redis = await open_database(postgres_url), open_redis(valkey_url)
    shared = dispatch(database, redis, valkey_url, tmp_path / "not made yet")
    await beat(database, instance_id="scanner-1", program="scanner")
    for stage in (note_database_answer, note_database, note_redis):
        await stage(shared, Stop())
    assert value("db_up") == 1
    assert value("instances", program="scanner", state="alive") == 1
    assert (value("db_backends") or 0) > 0
    assert (value("disk_free_bytes") or 0) > 0
    assert value("redis_up", server="queues") == 1
    assert value("redis_up", server="caches") == 0
    assert value("rq_workers", queue="notifications") == 0
    assert value("queue_oldest_seconds", queue="notifications") == 0
    await database.close()
    with pytest.raises(DatabaseUnavailable):
        await note_database_answer(shared, Stop())
    assert value("db_up") == 0
    await redis.aclose()


async def until_canary(testbed: WorkerTestbed, state: str) -> None:
    async with asyncio.timeout(20):
        while await testbed.database.fetchval(CANARIES, CANARY_CHAT) != state:  # noqa: ASYNC110 - a row raises no event
            await asyncio.sleep(0.05)


async def test_the_canary_goes_the_whole_way_and_is_judged_before_telegram(testbed: WorkerTestbed) -> None:
    testbed.start("dispatcher", CANARY_SECONDS="0.5")
    testbed.start("notifications")
    await until_canary(testbed, "sent")
    assert testbed.telegram.ledger.messages() == []
    age = await canary_age(testbed.database)
    assert age is not None
    assert age < 20


async def test_scenario_89_a_canary_that_does_not_arrive_shows_by_its_age(dispatch: Dispatch) -> None:
    config = replace(dispatch.config, chain=CHAIN, canary_seconds=60.0)
    flying = replace(dispatch, config=config, began=monotonic() - 30)
    await monitor_canary(flying, Stop())
    assert await dispatch.database.fetchval("SELECT count(*) FROM alerts") == 0
    flying = replace(flying, began=monotonic() - 300)
    for _ in range(2):
        await monitor_canary(flying, Stop())
    assert await dispatch.database.fetchval("SELECT count(*) FROM alerts") == 1
    assert (value("canary_age_seconds") or 0) >= 300
    await fan_out_all(dispatch.database)
    await dispatch.database.execute("UPDATE deliveries SET state = 'sent', finished_at = now()")
    await monitor_canary(flying, Stop())
    assert (value("canary_age_seconds") or 0) < 60
