"""How the scanner is: its heartbeat, its health checks, and the gauges that age by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.rpc.pool import RpcPool
from chain.stream.stream import Stream
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_last_event_age_seconds
from runtime.processes.health import Finding, Health, degraded, healthy, unhealthy
from runtime.processes.lifecycle import Stop
from scanner.live.live import Live
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.reconciler import Reconciler
from scanner.roles import NOTHING
from scanner.wallets.watchlist import Watchlist
from storage.coordination.heartbeat import Heartbeat
from storage.postgres import Database

LAGGING_SLOTS = 150
"""About a minute."""
STUCK_SECONDS = 60.0
_GAUGES_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What is felt."""

    watched: Watchlist
    live: Live
    blocks: Reconciler
    streams: Sequence[Stream]
    rpc: RpcPool
    producer: BatchProducer | None = None
    """What is on the way to processors; None: they are not apart."""


class ScannerHealth:
    """Tells others that this process lives, and how."""

    def __init__(self, database: Database, components: Components, *, instance_id: str) -> None:
        self._database = database
        self._components = components
        self.heartbeat = Heartbeat(database, instance_id=instance_id, program="scanner", detail=self._tell)

    async def age(self, stop: Stop) -> None:
        """Keep the gauges of age true until the stop."""
        while await stop.sleep(_GAUGES_SECONDS):
            now = monotonic()
            ingest_last_event_age_seconds.labels("blocks").set(now - self._components.blocks.advanced)
            if self._components.live.last_hint is not None:
                ingest_last_event_age_seconds.labels("stream").set(now - self._components.live.last_hint)

    async def _tell(self) -> dict[str, object]:
        return self.detail()

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""
        blocks, producer = self._components.blocks, self._components.producer
        return {
            **({} if producer is None else {"stage": "collect", "queue": producer.told}),
            "mode": blocks.role.name,
            "turn": "stands by" if blocks.role.assignment.buckets == NOTHING else "works",
            "reconcile": f"reconciles by {blocks.syncer.name}",
            "wallets": len(self._components.watched.wallets),
            "slot": blocks.cursor,
            "lag": self._lag(),
            "streams": {stream.name: stream.state for stream in self._components.streams},
            "nodes": self._components.rpc.statistics(),
        }

    def add_checks(self, health: Health) -> None:
        """Add what /health/ready asks."""
        health.add("database", self._check_database)
        health.add("blocks", self._check_blocks)
        health.add("streams", self._check_streams)
        health.add("nodes", self._check_nodes)
        if self._components.producer is not None:
            health.add("processors", self._check_processors)

    def _lag(self) -> int:
        blocks = self._components.blocks
        return max(0, blocks.head - blocks.cursor) if blocks.cursor is not None else 0

    async def _check_database(self) -> Finding:
        await self._database.fetchval("SELECT 1")
        return healthy("PostgreSQL answers")

    async def _check_blocks(self) -> Finding:
        waiting, pause = (
            monotonic() - self._components.blocks.advanced,
            self._components.blocks.syncer.pause_seconds,
        )
        if waiting > STUCK_SECONDS + pause:
            return unhealthy(f"no block was reconciled for {waiting:.0f} s")
        lag = self._lag()
        if lag > LAGGING_SLOTS * (1 + pause / STUCK_SECONDS):
            return degraded(f"{lag} slots behind the chain")
        return healthy(f"{lag} slots behind the chain")

    async def _check_nodes(self) -> Finding:
        told = self._components.rpc.statistics()
        said = "; ".join(f"{name}: {state}" for name, state in told.items())
        resting = [name for name, state in told.items() if "rests" in state]
        return degraded(said) if len(resting) == len(told) else healthy(said)

    async def _check_processors(self) -> Finding:
        producer = self._components.producer
        if producer is None:
            return healthy("processors are not apart")
        if not producer.processors and not producer.away:
            return unhealthy("no processor is there; start a scanner with SCANNER_STAGE=process")
        if producer.oldest_seconds > STUCK_SECONDS:
            return unhealthy(f"a haul waits for {producer.oldest_seconds:.0f} s")
        return healthy(producer.told)

    async def _check_streams(self) -> Finding:
        streams = self._components.streams
        live = sum(stream.live for stream in streams)
        told = f"{live} of {len(streams)} streams are live"
        return healthy(told) if live else degraded(f"{told}; alerts come somewhat later")
