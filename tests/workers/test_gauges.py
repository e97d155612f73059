"""What the dispatcher shows of the servers that all programs share."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.errors import DatabaseUnavailable
from runtime.observability.metrics import REGISTRY
from runtime.processes.lifecycle import Stop
from storage.coordination.instances import beat
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database, open_database
from storage.redis import open_blocking_redis, open_redis
from workers.gauges import note_database, note_database_answer, note_redis
from workers.stages import Dispatch

pytestmark = pytest.mark.services
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
    shared = dispatch(database, redis, valkey_url, tmp_path)
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
    await database.close()
    with pytest.raises(DatabaseUnavailable):
        await note_database_answer(shared, Stop())
    assert value("db_up") == 0
    await redis.aclose()
