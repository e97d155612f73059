"""How the scanner is: its heartbeat, its health checks, and the gauges that age by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.rpc.pool import RpcPool
from domain.health import CheckResult, degraded, healthy, unhealthy
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_last_event_age_seconds
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from scanner.live.live import Live
from scanner.reconcile.reconciler import Reconciler
from scanner.reconcile.sync_state import Syncer
from scanner.roles import NO_BUCKETS, Role
from scanner.sources import Sources
from scanner.wallets.watchlist import Watchlist
from storage.coordination.heartbeat import Heartbeat
from storage.postgres import Database

LAGGING_SLOTS = 150
"""About a minute."""
STUCK_SECONDS = 60.0
_GAUGES_SECONDS = 1.0


class HealthPart(Protocol):
    """What a stage adds to the health of a scanner."""

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""


def waiting_heartbeat(database: Database, rpc: RpcPool, *, instance_id: str) -> Heartbeat:
    """The heartbeat of a scanner that waits for the first answer of a node."""

    async def detail() -> dict[str, object]:
        return {
            "assignment": "waits for a node",
            "nodes": rpc.statistics(),
            "troubles": rpc.troubles(),
        }

    return Heartbeat(database, instance_id=instance_id, program="scanner", detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What is checked."""

    role: Role
    watchlist: Watchlist
    live: Live
    reconciler: Reconciler
    syncer: Syncer
    sources: Sources
    rpc: RpcPool
    parts: Sequence[HealthPart] = ()
    """Of the stage."""


class ScannerHealth:
    """Shows others that this process lives, and how."""

    def __init__(self, database: Database, components: Components, *, instance_id: str) -> None:
        self._database = database
        self._components = components
        self.heartbeat = Heartbeat(
            database, instance_id=instance_id, program="scanner", detail=self._heartbeat_detail
        )

    async def age(self, stop: Stop) -> None:
        """Keep the gauges of age true until the stop."""
        reconciler, live = self._components.reconciler, self._components.live
        while await stop.sleep(_GAUGES_SECONDS):
            now = monotonic()
            ingest_last_event_age_seconds.labels("blocks").set(now - reconciler.advanced)
            if live.last_pushed_at is not None:
                ingest_last_event_age_seconds.labels("stream").set(now - live.last_pushed_at)

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""
        components = self._components
        stands_by = components.role.assignment.buckets == NO_BUCKETS
        detail: dict[str, object] = {
            "mode": components.role.name,
            "assignment": "stands by" if stands_by else "works",
            "reconcile": f"reconciles by {components.syncer.name}",
            "wallets": len(components.watchlist.wallets),
            "slot": components.reconciler.cursor,
            "lag": components.reconciler.lag,
            "streams": components.sources.states(),
            "nodes": components.rpc.statistics(),
            "troubles": components.rpc.troubles(),
        }
        for part in components.parts:
            detail |= part.detail()
        return detail

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""
        health.add("database", self._check_database)
        health.add("blocks", self._check_blocks)
        health.add("streams", self._check_streams)
        health.add("nodes", self._check_nodes)
        for part in self._components.parts:
            part.add_checks(health)

    async def _heartbeat_detail(self) -> dict[str, object]:
        return self.detail()

    async def _check_database(self) -> CheckResult:
        await self._database.fetchval("SELECT 1")
        return healthy("PostgreSQL answers")

    async def _check_blocks(self) -> CheckResult:
        reconciler, pause = self._components.reconciler, self._components.syncer.pause_seconds
        waiting = monotonic() - reconciler.advanced
        if waiting > STUCK_SECONDS + pause:
            return unhealthy(f"no block was reconciled for {waiting:.0f} s")
        if reconciler.lag > LAGGING_SLOTS * (1 + pause / STUCK_SECONDS):
            return degraded(f"{reconciler.lag} slots behind the chain")
        return healthy(f"{reconciler.lag} slots behind the chain")

    async def _check_nodes(self) -> CheckResult:
        rpc = self._components.rpc
        summary = "; ".join(f"{name}: {state}" for name, state in rpc.statistics().items())
        return degraded(summary) if rpc.is_resting else healthy(summary)

    async def _check_streams(self) -> CheckResult:
        live, count = self._components.sources.live_count, len(self._components.sources.all)
        summary = f"{live} of {count} streams are live"
        return healthy(summary) if live else degraded(f"{summary}; alerts come somewhat later")
