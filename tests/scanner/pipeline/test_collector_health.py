"""What a collector adds to the health of a scanner."""

import pytest

from domain.health import HealthState
from runtime.processes.health import Health
from scanner.pipeline.collector_health import CollectorHealth
from scanner.pipeline.producer import BatchProducer
from storage.coordination.membership import MemberRole, membership_heartbeat
from storage.ingest.batch_queue import BatchQueue
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


async def states(part: CollectorHealth) -> dict[str, HealthState]:
    health = Health()
    part.add_checks(health)
    return {name: result.state for name, result in (await health.report()).results}


async def test_a_collector_shows_its_queue_and_is_unhealthy_without_processors(
    database: Database, valkey_url: str
) -> None:
    client = open_redis(valkey_url, text=False)
    producer = BatchProducer(BatchQueue(client, chain=CHAIN), database, chain=CHAIN, max_bytes=1 << 26)
    part = CollectorHealth(producer)
    await producer.check()
    assert part.detail()["stage"] == "collect"
    assert part.detail()["queue"] == "0 batches wait, 0.0 MiB, for 0 processors"
    assert (await states(part))["processors"] == HealthState.UNHEALTHY
    await membership_heartbeat(
        database, chain=CHAIN, role=MemberRole.PROCESSOR, instance_id="processor-a", seconds=5
    )
    await producer.check()
    assert (await states(part))["processors"] == HealthState.HEALTHY
    producer.away = True
    assert "away" in str(part.detail()["queue"])
    await client.aclose()
