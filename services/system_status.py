"""The state of the system, for /status, /stats and /health."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from domain.health import PROCESSES, CheckResult, blame, by_age, degraded, healthy, unhealthy
from domain.jobs import Queue
from domain.snapshot import InstanceHealth, LoggedError, Snapshot, Statistics, TradeGap
from runtime.clock import monotonic, now
from runtime.processes.health import Health
from services.logged_errors import grouped_errors
from services.vital_checks import heartbeat, is_silent, problems, vital_checks
from storage.admin.canary import canary_age
from storage.admin.dead_deliveries import dead_causes
from storage.admin.figures import database_figures
from storage.admin.operators import recent_discoveries, set_aside
from storage.admin.statistics import read_statistics, recent_alert_counts, snapshot
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.instances import instance_health, instances, trade_gaps
from storage.coordination.queues import Queues
from storage.market.dollars import published_age
from storage.postgres import Database
from storage.replica import Replica

DATABASE, REDIS = "PostgreSQL", "Redis and queues"
_DEPENDS = {"Failed jobs": REDIS} | dict.fromkeys(
    (
        *("Chain", "Alerts", "Deliveries", "Given up", "Quarantine", "Discoveries", "Partitions", "Canary"),
        *("Price feed", "Trades", PROCESSES),
    ),
    DATABASE,
)
"""Who is asked about a part; the others are checked by themselves."""
SLOW_FEED_SECONDS = 10.0
DEAD_FEED_SECONDS = 60.0
SLOW_DELIVERY_SECONDS = 30.0
DEAD_DELIVERY_SECONDS = 120.0
SLOW_DECISION_SECONDS = 10.0
"""Alerts are decided within a second; older ones wait for a dispatcher that does not work."""
DEAD_DECISION_SECONDS = 60.0
FULL_SECONDS = 60.0
"""For so long after PostgreSQL was refused disk space it counts as full."""
LOW_DISK, FULL_DISK = (0.10, 5e9), (0.03, 1e9)
"""A part of the disk, and bytes: with less than both free, room is to be made, or nothing can be stored."""
_GB = 1e9
LONG_QUEUE = 1_000
MANY_FAILED = 100
FEW_PARTITIONS = 2
DEAD_CANARY_SECONDS = 240.0
"""Somebody is to know within five minutes; a minute goes by until it is announced."""
OLD_PRICE_SECONDS = 600.0
STOPPED_MINUTES, MANY_TRADES = 30, 500
"""So long without any alert is odd where a day has more than so many."""
DISCOVERY_DAYS = 7
"""How long /health shows a discovery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus:
    """Reads what programs leave in PostgreSQL and Redis."""

    database: Database
    replica: Replica
    queues: Queues
    failed_jobs: FailedJobs
    chain: str
    telegram: Callable[[], Awaitable[object]]
    """Calls Telegram; raises if it does not answer."""
    folder: Path
    """On the disk that is checked: where embedded servers keep their data, and logs are."""
    canary_seconds: float = 0.0
    """Between two canaries; 0: there is none."""
    feed_pause: float = 0.0
    """Seconds between two passes of the scanner, if it reads in passes."""

    async def snapshot(self) -> Snapshot:
        """The counts and ages of this moment."""
        return await snapshot(self.database, chain=self.chain)

    async def statistics(self) -> Statistics:
        """How all stood some seconds ago, by one read of one row; counted now where no dispatcher has yet."""
        found = await self.replica.read(lambda database: read_statistics(database, chain=self.chain))
        return found or Statistics(snapshot=await self.snapshot())

    async def components(self) -> list[tuple[str, CheckResult]]:
        """The health of each part of the system; the checks run together, each for two seconds at most."""
        health, processes = Health(), _Processes(self.database)
        health.add(DATABASE, self._database)
        health.add("Disk space", self._disk)
        health.add(REDIS, self._queues)
        health.add("Telegram", self._telegram)
        health.add("Chain", self._feed)
        health.add("Alerts", self._alerts)
        health.add("Deliveries", self._deliveries)
        health.add("Given up", self._given_up)
        health.add("Quarantine", self._quarantine)
        health.add("Discoveries", self._discoveries)
        health.add("Failed jobs", self._failed_jobs)
        health.add("Partitions", self._partitions)
        health.add("Canary", self._canary)
        health.add("Price feed", self._price)
        health.add("Trades", self._trades)
        health.add(PROCESSES, processes.read)
        results = blame((await health.report()).results, _DEPENDS)
        return [*((name, result) for name, result in results if result.sentence), *processes.found]

    async def losses(self) -> dict[str, int]:
        """What was given up, by what and why; operators are alerted when it grows."""
        dead = await dead_causes(self.database)
        messages = {f"messages ({one.cause})": one.number for one in dead}
        return messages | await set_aside(self.database)

    async def discoveries(self) -> dict[str, str]:
        """What was discovered within a week, by what it is about; operators are alerted to it once."""
        known = await recent_discoveries(self.database, chain=self.chain, days=DISCOVERY_DAYS)
        return {one.about: one.sentence for one in known}

    async def instances(self) -> list[InstanceHealth]:
        """Each process with a heartbeat within a day."""
        return await instance_health(self.database)

    async def errors(self) -> list[LoggedError]:
        """What processes with a heartbeat within a day logged as errors, grouped, the latest first."""
        return grouped_errors(await instances(self.database))

    async def gaps(self, minutes: int) -> list[TradeGap]:
        """Followed wallets without an activity for so many minutes, the longest first."""
        return await trade_gaps(self.database, chain=self.chain, minutes=minutes)

    async def _database(self) -> CheckResult:
        began = monotonic()
        await self.database.fetchval("SELECT 1")
        took = monotonic() - began
        if self.database.was_full(FULL_SECONDS):
            return unhealthy("its disk is full, so nothing can be stored; nothing is lost. Free some space")
        return healthy(_answers(took))

    async def _disk(self) -> CheckResult:
        return disk_space(await asyncio.to_thread(shutil.disk_usage, self.folder))

    async def _queues(self) -> CheckResult:
        began = monotonic()
        depths = dict(zip(Queue, await asyncio.gather(*map(self.queues.depth, Queue)), strict=True))
        took = (monotonic() - began) / len(depths)
        waiting = ", ".join(f"{queue.value} {depth}" for queue, depth in depths.items())
        said = f"{_answers(took)}; {waiting}"
        if refusal := await self.queues.refusal():
            return unhealthy(f"takes no jobs ({refusal}). Give it memory or disk; alerts go on, more slowly")
        result = degraded(said) if max(depths.values()) > LONG_QUEUE else healthy(said)
        return result.measured(max(depths.values()), "jobs in the longest queue")

    async def _telegram(self) -> CheckResult:
        began = monotonic()
        await self.telegram()
        return healthy(_answers(monotonic() - began))

    async def _feed(self) -> CheckResult:
        age = (await self.snapshot()).feed_age_seconds
        causes = await self._node_problems()
        if age is None:
            return unhealthy(". ".join(["nothing has been read yet", *causes]))
        said = ". ".join([f"last read {age:.1f} s ago", *causes])
        slow, dead = SLOW_FEED_SECONDS + self.feed_pause, DEAD_FEED_SECONDS + self.feed_pause
        return by_age(said, age, slow=slow, dead=dead)

    async def _node_problems(self) -> list[str]:
        """Why nodes do not answer, as the scanners say it."""
        known = await instances(self.database)
        return [one for instance in known if not is_silent(instance) for one in problems(instance)]

    async def _alerts(self) -> CheckResult:
        now = await self.snapshot()
        if not now.alerts_open:
            return healthy("none is undecided").measured(0, "seconds")
        age = now.oldest_open_seconds
        said = f"{now.alerts_open:,} undecided, the oldest for {age:.0f} s"
        cure = ". Is the dispatcher up? See its log"
        return by_age(said, age, slow=SLOW_DECISION_SECONDS, dead=DEAD_DECISION_SECONDS, cure=cure)

    async def _deliveries(self) -> CheckResult:
        now = await self.snapshot()
        said = f"{now.deliveries_due:,} queued"
        if now.deliveries_due:
            said += f", the oldest for {now.oldest_due_seconds:.0f} s"
        if now.sending:
            said += f"; {now.sending:,} being sent, the oldest due for {now.oldest_sending_seconds:.0f} s"
        age = max(now.oldest_due_seconds, now.oldest_sending_seconds)
        cure = ". Is the notifications worker up? See its log"
        return by_age(said, age, slow=SLOW_DELIVERY_SECONDS, dead=DEAD_DELIVERY_SECONDS, cure=cure)

    async def _given_up(self) -> CheckResult:
        causes = await dead_causes(self.database)
        if not causes:
            return healthy("no message").measured(0, "messages")
        total, worst = sum(one.number for one in causes), causes[0]
        messages = "1 message" if total == 1 else f"{total:,} messages"
        said = f"{messages} of the week, mostly: {worst.cause}. /retryfailed"
        return degraded(said).measured(total, "messages")

    async def _quarantine(self) -> CheckResult:
        waiting = (await self.snapshot()).quarantined
        said = f"{waiting} not decoded" + (": see `make retry`" if waiting else "")
        return (degraded(said) if waiting else healthy(said)).measured(waiting, "transactions")

    async def _discoveries(self) -> CheckResult:
        known = await recent_discoveries(self.database, chain=self.chain, days=DISCOVERY_DAYS)
        if not known:
            return healthy("")
        return degraded(" ".join(f"{one.first_at:%d %b %H:%M} UTC: {one.sentence}" for one in known))

    async def _failed_jobs(self) -> CheckResult:
        states = await self.failed_jobs.states()
        failed = sum(state.failed or 0 for state in states)
        said = f"{failed:,} in the queues"
        result = degraded(f"{said}. /retryfailed") if failed > MANY_FAILED else healthy(said)
        return result.measured(failed, "jobs")

    async def _partitions(self) -> CheckResult:
        days = (await database_figures(self.database)).partitions_ahead
        said = f"made for {days} {'day' if days == 1 else 'days'} ahead"
        few = degraded(f"{said}. Is the maintenance worker up?")
        return (few if days < FEW_PARTITIONS else healthy(said)).measured(days, "days")

    async def _canary(self) -> CheckResult:
        """How long ago it arrived; one that never did counts from the start of its dispatcher."""
        if not self.canary_seconds:
            return healthy("")
        age, dead = await canary_age(self.database), DEAD_CANARY_SECONDS
        if age is not None:
            said = f"arrived {age:.0f} s ago"
        else:
            alive = [one for one in await instances(self.database) if not is_silent(one)]
            started = [one.started_at for one in alive if one.program == "dispatcher"]
            if not started:
                return healthy("")  # that no dispatcher runs is announced by itself
            age = (now() - min(started)).total_seconds()
            said = f"none has arrived in the {age:.0f} s since the dispatcher started"
        return by_age(said, age, slow=dead, dead=dead, cure=": alerts do not get through")

    async def _price(self) -> CheckResult:
        age = await published_age(self.database, chain=self.chain)
        if age is None:
            return healthy("")
        return by_age(f"SOL was read {age:.0f} s ago", age, slow=OLD_PRICE_SECONDS)

    async def _trades(self) -> CheckResult:
        lately, before = await recent_alert_counts(self.database, minutes=STOPPED_MINUTES)
        said = f"{lately:,} alerts in {STOPPED_MINUTES} min, {before:,} in the day before"
        is_odd = before > MANY_TRADES and not lately
        result = degraded(f"{said}. Do streams and nodes work?") if is_odd else healthy(said)
        return result.measured(lately, f"alerts in {STOPPED_MINUTES} min")


@dataclass(slots=True)
class _Processes:
    """What heartbeats say; a part of its own only while they cannot be read."""

    database: Database
    found: list[tuple[str, CheckResult]] = field(default_factory=list)

    async def read(self) -> CheckResult:
        known = await instances(self.database)
        alive = [one for one in known if not is_silent(one)]
        self.found = [
            *vital_checks(alive),
            *((f"{one.program} {one.instance_id}", heartbeat(one)) for one in known),
        ]
        return healthy("")


def _answers(seconds: float) -> str:
    return f"answers in {seconds * 1_000:.0f} ms"


def _space(size: int) -> str:
    return f"{size / _GB:.1f} GB" if size >= _GB else f"{size / 1e6:.0f} MB"


def disk_space(usage: tuple[int, int, int]) -> CheckResult:
    """The health of a disk by its total, used and free bytes."""
    total, _, free = usage
    said = f"{_space(free)} of {_space(total)} free"
    result = healthy(said)
    if free < min(total * FULL_DISK[0], FULL_DISK[1]):
        result = unhealthy(f"{said}: nearly full, and then nothing can be stored. Free some space")
    elif free < min(total * LOW_DISK[0], LOW_DISK[1]):
        result = degraded(f"{said}. Free some space")
    return result.measured(free, "bytes free")
