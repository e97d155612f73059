"""How a processor is: its heartbeat and its health checks."""

from domain.sharding import PARTITIONS
from runtime.clock import monotonic
from runtime.processes.health import Finding, Health, degraded, healthy, unhealthy
from scanner.pipeline.processor import Processor
from storage.coordination.heartbeat import Heartbeat
from storage.postgres import Database

STUCK_SECONDS = 60.0


class ProcessorHealth:
    """Tells others that this process lives, and how."""

    def __init__(self, database: Database, processor: Processor, *, instance_id: str) -> None:
        self._database = database
        self._processor = processor
        self.heartbeat = Heartbeat(database, instance_id=instance_id, program="scanner", detail=self._tell)

    async def _tell(self) -> dict[str, object]:
        return self.detail()

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""
        partitions = self._processor.partitions
        return {
            "stage": "process",
            "turn": f"{len(partitions.held)} of {PARTITIONS} strands",
            "processors": len(partitions.members),
        }

    def add_checks(self, health: Health) -> None:
        """Add what /health/ready asks."""
        health.add("database", self._check_database)
        health.add("batches", self._check_batches)
        health.add("partitions", self._check_partitions)

    async def _check_database(self) -> Finding:
        await self._database.fetchval("SELECT 1")
        return healthy("PostgreSQL answers")

    async def _check_batches(self) -> Finding:
        waiting = monotonic() - self._processor.advanced
        if waiting > STUCK_SECONDS:
            return unhealthy(f"no haul was stored for {waiting:.0f} s")
        return healthy("hauls are stored as they come")

    async def _check_partitions(self) -> Finding:
        partitions = self._processor.partitions
        told = f"{len(partitions.held)} of {PARTITIONS} strands, {len(partitions.members)} processors"
        if partitions.held or len(partitions.members) > PARTITIONS:
            return healthy(told)
        return degraded(f"{told}; others hold the leases so far")
