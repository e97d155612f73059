"""The processor: takes batches from the queue and commits them in the order of each partition.

It has its own heartbeat and health checks.

A batch is dropped from the queue after the commit of what it holds. What makes a partition complete is
committed only where it connects to what is complete already; beyond a gap it is dropped, and the collector,
which sees that, reads the chain again from the cursor.
"""

import logging
import random
from collections.abc import Mapping, Sequence

from domain.backoff import Backoff
from domain.errors import Unavailable
from domain.health import CheckResult, degraded, healthy, unhealthy
from domain.sharding import PARTITIONS
from runtime.clock import monotonic
from runtime.observability.metrics import transaction_batches
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.partitions import Partitions
from storage.coordination.instances import Heartbeat
from storage.coordination.leases import Fence, Fenced
from storage.ingest.batch_queue import BatchQueue, QueuedBatch
from storage.postgres import Database

log = logging.getLogger(__name__)
WAIT_SECONDS = 0.5
"""How long the processor listens to the queue before it checks again which partitions it owns."""
_BACKOFF = Backoff(first_wait=0.1, factor=2.0, max_wait=2.0)
STUCK_SECONDS = 60.0


class Processor:
    """Works off the partitions that it owns.

    Args:
        queue: of batches; those of one partition come in order.
        committer: stores them.
        partitions: which are owned changes as processors come and go.
    """

    def __init__(self, queue: BatchQueue, committer: BatchCommitter, partitions: Partitions) -> None:
        self.partitions = partitions
        self.advanced = monotonic()
        """When it last stored something, or found nothing to store."""
        self._queue = queue
        self._committer = committer

    async def run(self, stop: Stop) -> None:
        """Work until the stop; what was begun then is finished. Unavailable servers only cost time."""
        failures = 0
        while not stop.is_set():
            try:
                await self.step()
                failures = 0
            except Unavailable as error:
                if isinstance(error, Fenced):
                    self.partitions.fenced()
                failures += 1
                log.warning("Batches wait: %s", error)
                await stop.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries

    async def step(self) -> int:
        """Take what waits, commit it, drop it; return how many batches that were.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        owned = self.partitions.owned
        if not owned:
            self.advanced = monotonic()
            await self.partitions.changed(WAIT_SECONDS)
            return 0
        taken = await self._queue.take(owned, seconds=WAIT_SECONDS)
        if taken:
            await self._commit(taken, owned)
        self.advanced = monotonic()
        return len(taken)

    async def _commit(self, taken: Sequence[QueuedBatch], owned: Mapping[int, Fence]) -> None:
        batches = [one.batch for one in taken if one.batch is not None]
        transaction_batches.labels("unreadable").inc(len(taken) - len(batches))
        fences = [owned[partition] for partition in sorted({one.partition for one in taken})]
        await self._committer.commit(batches, fences=fences)
        await self._queue.drop({one.partition: one.entry for one in taken})


class ProcessorHealth:
    """Reports the health of this process.

    Args:
        database: takes the heartbeat, and is checked itself.
        processor: of this process.
        instance_id: of this process.
        region: where it runs; empty: not said.
    """

    def __init__(
        self, database: Database, processor: Processor, *, instance_id: str, region: str = ""
    ) -> None:
        self._database = database
        self._processor = processor
        self.heartbeat = Heartbeat(
            database,
            instance_id=instance_id,
            program="scanner",
            detail=self._heartbeat_detail,
            region=region,
        )

    def detail(self) -> dict[str, object]:
        """Return what the heartbeat says."""
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
