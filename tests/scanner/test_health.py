"""How the scanner says that it is.
What a scanner publishes besides alerts: the newest slot, and versions that are new.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.blocks import block
from chain.rpc.pool import RpcPool, open_rpc
from chain.stream.source import FilterUpdates, Sink, SourceState, SourceStatus
from domain.health import CheckResult, HealthState, unhealthy
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_transaction_version
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from scanner.health import (
    LAGGING_SLOTS,
    STUCK_SECONDS,
    Components,
    ScannerHealth,
    Spending,
    StatusPublisher,
    spending_of,
)
from scanner.live.live import Live
from scanner.reconcile.block_fetcher import BlockBuffer
from scanner.reconcile.chain_head import ChainHead
from scanner.reconcile.sync_state import MissingSlots, SyncState
from scanner.reconcile.wiring import StreamFacts, costs_of
from scanner.sources import Sources
from storage.admin.operators import recent_discoveries
from storage.coordination.instances import instances
from storage.ingest.heads import read_head
from storage.postgres import Database
from tests.chain.nodes import node, of_version
from tests.scanner.reconciling import Reconciling, context_of, reconciling_with
from tests.scanner.world import CHAIN, until

pytestmark = pytest.mark.services


class OneSource:
    """A source whose status a test sets."""

    name = "127.0.0.1:9"

    def __init__(self) -> None:
        self.status = SourceStatus(state=SourceState.CLOSED)

    async def run(self, updates: FilterUpdates, sink: Sink) -> None:
        """Push nothing."""


@pytest.fixture
def source() -> OneSource:
    return OneSource()


@pytest.fixture
async def reconciled(database: Database) -> AsyncIterator[Reconciling]:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        yield reconciling_with(context_of(rpc, database))


@pytest.fixture
def components(reconciled: Reconciling, source: OneSource) -> Components:
    context = reconciled.context
    return Components(
        role=context.role,
        watchlist=context.watchlist,
        live=Live(context.sink),
        reconciler=reconciled.reconciler,
        syncer=reconciled.syncer,
        sources=Sources([source]),
        rpc=context.rpc,
        spending=spending_of(costs_of(context, StreamFacts()), reconciled.syncer, budget=0),
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
    vital = {"errors", "errors_lately", "caches", "caches_lately", "memory", "rpc"}
    assert {name: said for name, said in alive.detail.items() if name not in vital} == {
        "mode": "active-active",
        "reconcile": "reconciles by blocks",
        "assignment": "works",
        "costs": "some 18,400 requests an hour",
        "wallets": 0,
        "slot": None,
        "lag": 0,
        "streams": {"127.0.0.1:9": "closed"},
        "nodes": {"127.0.0.1:9": "0/10 in use, 0 asked"},
        "problems": {},
    }
    await scanner_health.heartbeat.leave()
    assert await instances(database) == []


async def test_its_health_shows_lag_and_standstill_and_streams(
    database: Database, components: Components, reconciled: Reconciling, source: OneSource
) -> None:
    scanner_health = ScannerHealth(database, components, instance_id="scanner-7")
    assert await states(scanner_health) == {
        "database": HealthState.HEALTHY,
        "blocks": HealthState.HEALTHY,
        "streams": HealthState.DEGRADED,
        "nodes": HealthState.HEALTHY,
    }
    source.status = SourceStatus(state=SourceState.LIVE, method="logs")
    reconciled.parts.states.first = SyncState(cursor=10, missing=MissingSlots((), patience=1))
    reconciled.parts.head.slot = 11 + LAGGING_SLOTS
    assert (await states(scanner_health))["blocks"] is HealthState.DEGRADED
    assert (await states(scanner_health))["streams"] is HealthState.HEALTHY
    components.reconciler.advanced = monotonic() - STUCK_SECONDS - 1
    assert (await states(scanner_health))["blocks"] is HealthState.UNHEALTHY


class Stage:
    """What a stage adds."""

    def detail(self) -> dict[str, object]:
        return {"stage": "collect"}

    def add_checks(self, health: Health) -> None:
        async def check() -> CheckResult:
            return unhealthy("nobody is there")

        health.add("processors", check)


async def test_a_stage_adds_its_own_words_and_checks(database: Database, components: Components) -> None:
    scanner_health = ScannerHealth(database, replace(components, parts=[Stage()]), instance_id="scanner-7")
    assert scanner_health.detail()["stage"] == "collect"
    assert (await states(scanner_health))["processors"] == HealthState.UNHEALTHY


def unknown_head(rpc: RpcPool) -> ChainHead:
    return ChainHead(rpc, BlockBuffer(), commitment="confirmed", blind_seconds=None)


async def test_the_newest_slot_and_a_new_version_are_stored_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(of_version(2)) as url, open_rpc([Secret(url)]) as rpc:
        head = unknown_head(rpc)
        publisher = StatusPublisher(database=database, rpc=rpc, head=head, chain=CHAIN)
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) is None
        assert await recent_discoveries(database, chain=CHAIN, days=7) == []
        head.slot = 1_234
        await block(rpc, 5, commitment="confirmed")
        await publisher.publish()
        await publisher.publish()
    assert await read_head(database, chain=CHAIN) == 1_234
    (found,) = await recent_discoveries(database, chain=CHAIN, days=7)
    assert (found.about, found.times) == ("transaction version 2", 1)
    assert rpc_transaction_version._value.get() == 2
    assert "version 2 have appeared" in caplog.text


async def test_a_slot_that_no_stream_has_named_is_not_believed(database: Database) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        head = unknown_head(rpc)
        publisher = StatusPublisher(
            database=database, rpc=rpc, head=head, chain=CHAIN, pushed_slot=lambda: 1_002
        )
        head.slot = 10**12
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) == 1_002
        head.slot = 1_001
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) == 1_001


async def test_a_budget_that_will_not_last_the_day_is_a_trouble_with_what_to_do(
    components: Components,
) -> None:
    costs, syncer = components.spending.costs, components.syncer
    hourly = components.spending.hourly
    assert not Spending(costs=costs, syncer=syncer, budget=int(25 * hourly)).trouble
    short = Spending(costs=costs, syncer=syncer, budget=int(6 * hourly))
    assert "within 6 hours" in short.trouble
    assert "RECONCILE=auto" in short.trouble
