"""The scanner's health: heartbeat, checks, age gauges, and the published chain head.

That is how far the chain is, and new versions of transactions.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.rpc.pool import RpcPool
from domain.health import CheckResult, degraded, healthy, unhealthy
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_last_event_age_seconds, rpc_transaction_version
from runtime.periodic import run_periodically
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from scanner.live.live import Live
from scanner.reconcile.chain_head import ChainHead
from scanner.reconcile.reconciler import Reconciler
from scanner.reconcile.strategy import Costs
from scanner.reconcile.sync_state import Syncer
from scanner.roles import NO_BUCKETS, Role
from scanner.sources import Sources
from scanner.wallets.watchlist import Watchlist
from storage.admin.operators import discover
from storage.coordination.instances import Heartbeat
from storage.ingest.heads import note_head
from storage.postgres import Database

log = logging.getLogger(__name__)

LAGGING_SLOTS = 300
"""A minute at five blocks a second."""
STUCK_SECONDS = 60.0
_GAUGES_SECONDS = 1.0
_DAY_HOURS = 24
PUBLISH_SECONDS = 0.5
KNOWN_VERSION = 1
"""The newest transaction version that this program was made for."""
NEW_VERSION = (
    "Transactions of version {version} have appeared on the chain. Nodes are asked for them since, and"
    " nothing is passed over; look whether any is in quarantine, and for an update of this program."
)


SHORT_BUDGET = (
    "some {hourly:,.0f} requests an hour use up RPC_BUDGET within {hours:.0f} hours. Raise it, add a node to"
    " RPC_URLS, or follow fewer wallets; RECONCILE=auto takes the cheapest way."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The cost of the present wallets in requests, and whether the budget suffices."""

    costs: Costs
    syncer: Syncer
    budget: int
    """Requests a day to all nodes together; 0: no limit."""

    @property
    def hourly(self) -> float:
        """Requests an hour."""
        return self.costs.of(self.syncer.name)

    @property
    def trouble(self) -> str:
        """Why the budget will not last the day; empty: it will last."""
        hours = self.budget / self.hourly
        return SHORT_BUDGET.format(hourly=self.hourly, hours=hours) if 0 < hours < _DAY_HOURS else ""


def spending_of(costs: Costs, syncer: Syncer, *, budget: int) -> Spending:
    """Return what the present wallets cost; the log says it at the start.

    Args:
        costs: of the wallets that are watched now.
        syncer: whichever reads the chain; its name decides what an hour costs.
        budget: requests a day to all nodes together; 0: no limit.
    """
    spending = Spending(costs=costs, syncer=syncer, budget=budget)
    log.info("An hour costs some %d requests to nodes", spending.hourly)
    if spending.trouble:
        log.warning("%s", spending.trouble)
    return spending


class HealthPart(Protocol):
    """What a stage adds to the health of a scanner."""

    def detail(self) -> dict[str, object]:
        """Return what the heartbeat says."""

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""


def waiting_heartbeat(database: Database, rpc: RpcPool, *, instance_id: str, region: str = "") -> Heartbeat:
    """The heartbeat of a scanner that waits for the first answer of a node.

    Args:
        database: takes the heartbeat.
        rpc: whose providers are asked; what is wrong with each is shown to operators.
        instance_id: of this process.
        region: where it runs; empty: not said.
    """

    async def detail() -> dict[str, object]:
        return {
            "assignment": "waits for a node",
            "nodes": rpc.statistics(),
            "problems": rpc.problems(),
        }

    return Heartbeat(database, instance_id=instance_id, program="scanner", detail=detail, region=region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What the health checks cover."""

    role: Role
    watchlist: Watchlist
    live: Live
    reconciler: Reconciler
    syncer: Syncer
    sources: Sources
    rpc: RpcPool
    spending: Spending
    parts: Sequence[HealthPart] = ()
    """Of the stage."""


class ScannerHealth:
    """Reports the health of this process.

    Args:
        database: takes the heartbeat, and is checked itself.
        components: what runs in this process.
        instance_id: of this process.
        region: where it runs; empty: not said.
    """

    def __init__(
        self, database: Database, components: Components, *, instance_id: str, region: str = ""
    ) -> None:
        self._database = database
        self._components = components
        self.heartbeat = Heartbeat(
            database,
            instance_id=instance_id,
            program="scanner",
            detail=self._heartbeat_detail,
            region=region,
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
        """Return what the heartbeat says."""
        components = self._components
        is_standby = components.role.assignment.buckets == NO_BUCKETS
        detail: dict[str, object] = {
            "mode": components.role.name,
            "assignment": "stands by" if is_standby else "works",
            "reconcile": f"reconciles by {components.syncer.name}",
            "costs": f"some {components.spending.hourly:,.0f} requests an hour",
            "wallets": len(components.watchlist.wallets),
            "slot": components.reconciler.cursor,
            "lag": components.reconciler.lag,
            "streams": components.sources.states(),
            "nodes": components.rpc.statistics(),
            "problems": components.rpc.problems() | components.reconciler.problems() | self._budget_problem(),
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

    def _budget_problem(self) -> dict[str, str]:
        trouble = self._components.spending.trouble
        return {"RPC_BUDGET": trouble} if trouble else {}

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


@dataclass(slots=True, kw_only=True)
class StatusPublisher:
    """Publishes periodically; an unavailable database only delays it."""

    database: Database
    rpc: RpcPool
    head: ChainHead
    chain: str
    pushed_slot: Callable[[], int] = lambda: 0
    """The newest slot that streams named; 0: none did."""
    _published: int = 0
    _version: int = KNOWN_VERSION

    async def run(self) -> None:
        """Publish what is new until cancelled."""
        await run_periodically(
            self.publish, seconds=PUBLISH_SECONDS, log=log, delayed="The newest slot is not published: %s"
        )

    async def publish(self) -> None:
        """Store what is new.

        Raises:
            Unavailable: publish it again.
        """
        slot, version = self._agreed(), self.rpc.transaction_version
        rpc_transaction_version.set(version)
        if slot != self._published:
            await note_head(self.database, chain=self.chain, slot=slot)
            self._published = slot
        if version > self._version:
            sentence = NEW_VERSION.format(version=version)
            await discover(
                self.database, chain=self.chain, about=f"transaction version {version}", sentence=sentence
            )
            log.warning("%s", sentence)
            self._version = version

    def _agreed(self) -> int:
        """The lower of what nodes and streams say: too high a slot would silence new watches."""
        pushed = self.pushed_slot()
        return min(self.head.slot, pushed) if pushed else self.head.slot
