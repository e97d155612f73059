"""How the scanner says that it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.pool import open_rpc
from chain.stream.websocket_source import WebSocketConfig, WebSocketSource
from domain.health import HealthState
from runtime.clock import monotonic
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from scanner.commit.recorder import Recorder
from scanner.health import LAGGING_SLOTS, STUCK_SECONDS, Components, ScannerHealth
from scanner.live.live import Live
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.block_syncer import SyncState
from scanner.reconcile.missing_slots import MissingSlots
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.wallets.watchlist import Watchlist
from storage.coordination.instances import instances
from storage.coordination.membership import MemberRole, membership_heartbeat
from storage.ingest.batch_queue import BatchQueue
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.reconcile.test_reconciler import Silence
from tests.scanner.world import CHAIN, until

pytestmark = pytest.mark.services


@pytest.fixture
async def components(database: Database) -> AsyncIterator[Components]:
    watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        yield Components(
            watched=watched,
            live=Live(watched, recorder, chain=CHAIN),
            blocks=Reconciler(rpc, database, watched, recorder, SyncConfig(chain=CHAIN)),
            streams=[WebSocketSource(WebSocketConfig(url=Secret("ws://127.0.0.1:9")))],
            rpc=rpc,
        )


async def states(scanner_health: ScannerHealth) -> dict[str, HealthState]:
    health = Health()
    scanner_health.add_checks(health)
    return {name: finding.state for name, finding in (await health.report()).results}


async def test_it_beats_until_the_stop_and_then_leaves(database: Database, components: Components) -> None:
    scanner_health, stop = ScannerHealth(database, components, instance_id="scanner-7"), Stop()

    async def beats() -> bool:
        return bool(await instances(database))

    async with asyncio.TaskGroup() as group:
        group.create_task(scanner_health.heartbeat.run(stop))
        await until(beats)
        stop.set()
    (alive,) = await instances(database)
    assert alive.detail == {
        "mode": "active-active",
        "reconcile": "reconciles by blocks",
        "turn": "works",
        "wallets": 0,
        "slot": None,
        "lag": 0,
        "streams": {"127.0.0.1:9": "closed"},
        "nodes": {"127.0.0.1:9": "0/10 in use, 0 asked"},
    }
    await scanner_health.heartbeat.leave()
    assert await instances(database) == []


async def test_its_health_tells_lag_and_standstill_and_streams(
    database: Database, components: Components
) -> None:
    scanner_health = ScannerHealth(database, components, instance_id="scanner-7")
    assert await states(scanner_health) == {
        "database": HealthState.HEALTHY,
        "blocks": HealthState.HEALTHY,
        "streams": HealthState.DEGRADED,
        "nodes": HealthState.HEALTHY,
    }
    components.streams[0].state = "live (logs)"
    components.blocks.walk, components.blocks.head = (
        SyncState(cursor=10, missing=MissingSlots((), patience=1)),
        11 + LAGGING_SLOTS,
    )
    assert (await states(scanner_health))["blocks"] is HealthState.DEGRADED
    assert (await states(scanner_health))["streams"] is HealthState.HEALTHY
    components.blocks.advanced = monotonic() - STUCK_SECONDS - 1
    assert (await states(scanner_health))["blocks"] is HealthState.UNHEALTHY


async def test_a_collector_tells_of_its_queue_and_is_ill_without_processors(
    database: Database, valkey_url: str, components: Components
) -> None:
    client = open_redis(valkey_url, text=False)
    producer = BatchProducer(BatchQueue(client, chain=CHAIN), database, chain=CHAIN, max_bytes=1 << 26)
    scanner_health = ScannerHealth(database, replace(components, producer=producer), instance_id="scanner-7")
    await producer.look()
    assert scanner_health.detail()["stage"] == "collect"
    assert scanner_health.detail()["queue"] == "0 hauls wait, 0.0 MiB, for 0 processors"
    assert (await states(scanner_health))["processors"] == HealthState.UNHEALTHY
    await membership_heartbeat(
        database, chain=CHAIN, role=MemberRole.PROCESSOR, instance_id="processor-a", seconds=5
    )
    await producer.look()
    assert (await states(scanner_health))["processors"] == HealthState.HEALTHY
    producer.away = True
    assert "away" in str(scanner_health.detail()["queue"])
    await client.aclose()
