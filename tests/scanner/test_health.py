"""How the scanner says that it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.pool import open_rpc
from chain.stream.stream import Stream, StreamConfig
from runtime.clock import monotonic
from runtime.processes.health import Health, State
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from scanner.commit.recorder import Recorder
from scanner.health import LAGGING_SLOTS, STUCK_SECONDS, Organs, Pulse
from scanner.live.live import Live
from scanner.live.watchlist import Watched
from scanner.pipeline.producer import Shipping
from scanner.reconcile.block_syncer import Walk
from scanner.reconcile.missing_slots import Missing
from scanner.reconcile.reconciler import Blocks, BlocksConfig
from storage.coordination.instances import instances
from storage.ingest.batch_queue import HaulQueue
from storage.ingest.partitions import processors_roll_call
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.reconcile.test_reconciler import Silence
from tests.scanner.scene import CHAIN, until

pytestmark = pytest.mark.services


@pytest.fixture
async def organs(database: Database) -> AsyncIterator[Organs]:
    watched, recorder = Watched(database, chain=CHAIN), Recorder(database, Silence())
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        yield Organs(
            watched=watched,
            live=Live(watched, recorder, chain=CHAIN),
            blocks=Blocks(rpc, database, watched, recorder, BlocksConfig(chain=CHAIN)),
            streams=[Stream(StreamConfig(url=Secret("ws://127.0.0.1:9")))],
            rpc=rpc,
        )


async def states(pulse: Pulse) -> dict[str, State]:
    health = Health()
    pulse.add_checks(health)
    return {name: finding.state for name, finding in (await health.report()).findings}


async def test_it_beats_until_the_stop_and_then_leaves(database: Database, organs: Organs) -> None:
    pulse, stop = Pulse(database, organs, instance_id="scanner-7"), Stop()

    async def beats() -> bool:
        return bool(await instances(database))

    async with asyncio.TaskGroup() as group:
        group.create_task(pulse.heartbeat.run(stop))
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
    await pulse.heartbeat.leave()
    assert await instances(database) == []


async def test_its_health_tells_lag_and_standstill_and_streams(database: Database, organs: Organs) -> None:
    pulse = Pulse(database, organs, instance_id="scanner-7")
    assert await states(pulse) == {
        "database": State.HEALTHY,
        "blocks": State.HEALTHY,
        "streams": State.DEGRADED,
        "nodes": State.HEALTHY,
    }
    organs.streams[0].state = "live (logs)"
    organs.blocks.walk, organs.blocks.head = (
        Walk(cursor=10, missing=Missing((), patience=1)),
        11 + LAGGING_SLOTS,
    )
    assert (await states(pulse))["blocks"] is State.DEGRADED
    assert (await states(pulse))["streams"] is State.HEALTHY
    organs.blocks.advanced = monotonic() - STUCK_SECONDS - 1
    assert (await states(pulse))["blocks"] is State.UNHEALTHY


async def test_a_collector_tells_of_its_queue_and_is_ill_without_processors(
    database: Database, valkey_url: str, organs: Organs
) -> None:
    client = open_redis(valkey_url, text=False)
    shipping = Shipping(HaulQueue(client, chain=CHAIN), database, chain=CHAIN, most_bytes=1 << 26)
    pulse = Pulse(database, replace(organs, shipping=shipping), instance_id="scanner-7")
    await shipping.look()
    assert pulse.detail()["stage"] == "collect"
    assert pulse.detail()["queue"] == "0 hauls wait, 0.0 MiB, for 0 processors"
    assert (await states(pulse))["processors"] == State.UNHEALTHY
    await processors_roll_call(database, chain=CHAIN, instance_id="processor-a", seconds=5)
    await shipping.look()
    assert (await states(pulse))["processors"] == State.HEALTHY
    shipping.away = True
    assert "away" in str(pulse.detail()["queue"])
    await client.aclose()
