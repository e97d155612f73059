"""The state of the system, for /status, /stats and /health."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.errors import Unavailable
from domain.health import CheckResult, degraded, healthy, unhealthy
from domain.instances import InstanceHealth, TradeGap
from domain.jobs import Queue
from domain.snapshot import Snapshot
from runtime.processes.health import Health
from storage.admin.discoveries import recent_discoveries
from storage.admin.stats import snapshot
from storage.coordination.instances import (
    HEARTBEAT_SECONDS,
    Instance,
    instance_health,
    instances,
    trade_gaps,
)
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.replica import Replica

SILENT_SECONDS = 3 * HEARTBEAT_SECONDS
"""A program without a heartbeat for so long is unhealthy."""
SLOW_FEED_SECONDS = 10.0
DEAD_FEED_SECONDS = 60.0
SLOW_DELIVERY_SECONDS = 30.0
LONG_QUEUE = 1_000
DISCOVERY_DAYS = 7
"""How long /health shows a discovery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus:
    """Reads what programs leave in PostgreSQL and Redis."""

    database: Database
    replica: Replica
    queues: Queues
    chain: str
    telegram: Callable[[], Awaitable[object]]
    """Calls Telegram; raises if it does not answer."""
    feed_pause: float = 0.0
    """Seconds between two passes of the scanner, if it reads in passes."""

    async def snapshot(self) -> Snapshot:
        """The counts and ages of this moment."""
        return await snapshot(self.database, chain=self.chain)

    async def statistics(self) -> Snapshot:
        """The same from the replica, perhaps some seconds old."""
        return await self.replica.read(lambda database: snapshot(database, chain=self.chain))

    async def components(self) -> list[tuple[str, CheckResult]]:
        """The health of each part of the system; the checks run together, each for two seconds at most."""
        health = Health()
        health.add("PostgreSQL", self._database)
        health.add("Redis and queues", self._queues)
        health.add("Telegram", self._telegram)
        health.add("Chain", self._feed)
        health.add("Deliveries", self._deliveries)
        health.add("Quarantine", self._quarantine)
        health.add("Discoveries", self._discoveries)
        report = await health.report()
        return [*report.results, *await self._programs()]

    async def instances(self) -> list[InstanceHealth]:
        """Each process with a heartbeat within a day."""
        return await instance_health(self.database)

    async def gaps(self, minutes: int) -> list[TradeGap]:
        """Followed wallets without an activity for so many minutes, the longest first."""
        return await trade_gaps(self.database, chain=self.chain, minutes=minutes)

    async def _database(self) -> CheckResult:
        await self.database.fetchval("SELECT 1")
        return healthy("answers")

    async def _queues(self) -> CheckResult:
        depths = dict(zip(Queue, await asyncio.gather(*map(self.queues.depth, Queue)), strict=True))
        said = ", ".join(f"{queue.value} {depth}" for queue, depth in depths.items())
        return degraded(said) if max(depths.values()) > LONG_QUEUE else healthy(said)

    async def _telegram(self) -> CheckResult:
        await self.telegram()
        return healthy("answers")

    async def _feed(self) -> CheckResult:
        age = (await self.snapshot()).feed_age_seconds
        if age is None:
            return unhealthy("nothing has been read yet")
        said = f"last read {age:.1f} s ago"
        if age > DEAD_FEED_SECONDS + self.feed_pause:
            return unhealthy(said)
        return degraded(said) if age > SLOW_FEED_SECONDS + self.feed_pause else healthy(said)

    async def _deliveries(self) -> CheckResult:
        now = await self.snapshot()
        said = f"{now.deliveries_due} due, the oldest for {now.oldest_due_seconds:.0f} s"
        return degraded(said) if now.oldest_due_seconds > SLOW_DELIVERY_SECONDS else healthy(said)

    async def _quarantine(self) -> CheckResult:
        waiting = (await self.snapshot()).quarantined
        said = f"{waiting} not decoded" + (": see `make retry`" if waiting else "")
        return degraded(said) if waiting else healthy(said)

    async def _discoveries(self) -> CheckResult:
        known = await recent_discoveries(self.database, chain=self.chain, days=DISCOVERY_DAYS)
        if not known:
            return healthy("nothing new is known")
        return degraded(" ".join(f"{one.first_at:%d %b %H:%M} UTC: {one.sentence}" for one in known))

    async def _programs(self) -> list[tuple[str, CheckResult]]:
        try:
            known = await instances(self.database)
        except Unavailable:
            return []
        return [(f"{one.program} {one.instance_id}", _heartbeat(one)) for one in known]


def _heartbeat(instance: Instance) -> CheckResult:
    said = f"heard of {instance.silent_seconds:.0f} s ago"
    return unhealthy(said) if instance.silent_seconds > SILENT_SECONDS else healthy(said)
