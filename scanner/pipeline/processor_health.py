"""How a processor is: its heartbeat and its health checks."""

from domain.health import CheckResult, degraded, healthy, unhealthy
from domain.sharding import PARTITIONS
from runtime.clock import monotonic
from runtime.processes.health import Health
from scanner.pipeline.processor import Processor
from storage.coordination.heartbeat import Heartbeat
from storage.postgres import Database

STUCK_SECONDS = 60.0


class ProcessorHealth:
    """Shows others that this process lives, and how."""

    def __init__(self, database: Database, processor: Processor, *, instance_id: str) -> None:
        self._database = database
        self._processor = processor
        self.heartbeat = Heartbeat(
            database, instance_id=instance_id, program="scanner", detail=self._heartbeat_detail
        )

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""
        partitions = self._processor.partitions
        return {
            "stage": "process",
            "assignment": f"{len(partitions.owned)} of {PARTITIONS} partitions",
            "processors": len(partitions.membership.members),
        }

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""
        health.add("database", self._check_database)
        health.add("batches", self._check_batches)
        health.add("partitions", self._check_partitions)

    async def _heartbeat_detail(self) -> dict[str, object]:
        return self.detail()

    async def _check_database(self) -> CheckResult:
        await self._database.fetchval("SELECT 1")
        return healthy("PostgreSQL answers")

    async def _check_batches(self) -> CheckResult:
        waiting = monotonic() - self._processor.advanced
        if waiting > STUCK_SECONDS:
            return unhealthy(f"no batch was stored for {waiting:.0f} s")
        return healthy("batches are stored as they come")

    async def _check_partitions(self) -> CheckResult:
        owned = len(self._processor.partitions.owned)
        members = len(self._processor.partitions.membership.members)
        share = f"{owned} of {PARTITIONS} partitions, {members} processors"
        if owned or members > PARTITIONS:
            return healthy(share)
        return degraded(f"{share}; others hold the leases so far")
