"""The processes that run: a row for each, with a heartbeat every ten seconds.

So operators see what runs, and it is told which instances of a role share the wallets of a chain now.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.errors import Unavailable
from domain.health import HealthState
from domain.snapshot import InstanceHealth, TradeGap
from runtime.observability.recent_errors import recent_errors
from runtime.observability.vital_signs import VitalSigns
from runtime.processes.lifecycle import Stop
from storage.postgres import Database

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
MAX_ERRORS = 8
"""Kinds of errors that a heartbeat names."""
BEAT = """
INSERT INTO instances (instance_id, program, detail) VALUES ($1, $2, $3)
ON CONFLICT (instance_id) DO UPDATE
SET program = excluded.program, detail = excluded.detail, heartbeat_at = now(),
    started_at = CASE WHEN $4 THEN now() ELSE instances.started_at END
"""

ALL = """
SELECT instance_id, program, started_at, heartbeat_at, detail,
       extract(epoch FROM now() - heartbeat_at)::float8 AS silent_seconds
FROM instances WHERE heartbeat_at > now() - interval '1 day' ORDER BY program, instance_id
"""

HEALTH = """
SELECT instance_id, program, health, silent_seconds, wallets, sockets, detail FROM instance_health
WHERE heartbeat_at > now() - interval '1 day' ORDER BY program, instance_id
"""

GAPS = "SELECT address, last_activity_at, minutes FROM trade_gaps($2) WHERE chain = $1 LIMIT $3"
Detail = Callable[[], Awaitable[dict[str, object]]]
"""What a process reports of itself; may raise Unavailable."""

# One statement, one round trip: the SELECT does not see the row of the INSERT beside it, so `instance_id <>
# $3`.
MEMBER_BEAT = """
WITH mine AS (
    INSERT INTO members (chain, role, instance_id) VALUES ($1, $2, $3)
    ON CONFLICT (chain, role, instance_id) DO UPDATE SET beat_at = now()
)
SELECT instance_id FROM members
WHERE chain = $1 AND role = $2 AND instance_id <> $3 AND beat_at > now() - make_interval(secs => $4)
"""

COUNT = """
SELECT count(*) FROM members WHERE chain = $1 AND role = $2 AND beat_at > now() - make_interval(secs => $3)
"""

LEAVE = "DELETE FROM members WHERE chain = $1 AND role = $2 AND instance_id = $3"

# Instances that were killed leave their rows behind.
DELETE_SILENT = "DELETE FROM members WHERE chain = $1 AND role = $2 AND beat_at < now() - interval '1 hour'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One process and when it last said that it lives."""

    instance_id: str
    program: str
    started_at: datetime
    heartbeat_at: datetime
    silent_seconds: float
    detail: dict[str, object]
    """What the program says of itself."""


async def beat(
    database: Database,
    *,
    instance_id: str,
    program: str,
    detail: dict[str, object] | None = None,
    is_first: bool = False,
) -> None:
    """Store a heartbeat of this process.

    Args:
        database: one statement, committed by itself.
        instance_id: unique among the processes that run.
        program: such as `bot` or `scanner`.
        detail: for operators; values that msgspec encodes, no secrets. None: nothing to say.
        is_first: it has just started; one of this name that was killed may have left its row.
    """
    said = msgspec.json.encode(detail or {}).decode()
    await database.execute(BEAT, instance_id, program, said, is_first)


async def leave(database: Database, instance_id: str) -> None:
    """Delete the row of this process, which ends in order."""
    await database.execute("DELETE FROM instances WHERE instance_id = $1", instance_id)


async def instances(database: Database) -> list[Instance]:
    """All processes with a heartbeat within a day."""
    return [
        Instance(**{**dict(row), "detail": msgspec.json.decode(row["detail"])})
        for row in await database.fetch(ALL)
    ]


async def instance_health(database: Database) -> list[InstanceHealth]:
    """The health of all processes with a heartbeat within a day."""
    return [
        InstanceHealth(
            **{
                **dict(row),
                "health": HealthState(row["health"]),
                "sockets": msgspec.json.decode(row["sockets"], type=dict[str, str]),
                "detail": msgspec.json.decode(row["detail"]),
            }
        )
        for row in await database.fetch(HEALTH)
    ]


async def trade_gaps(database: Database, *, chain: str, minutes: int, limit: int = 20) -> list[TradeGap]:
    """Followed wallets without an activity for at least so many minutes, the longest first.

    Args:
        database: it is only read.
        chain: whose wallets.
        minutes: how long nothing was seen of a wallet, at least.
        limit: how many at most.
    """
    return [TradeGap(**dict(row)) for row in await database.fetch(GAPS, chain, minutes, limit)]


async def _nothing() -> dict[str, object]:
    return {}


class Heartbeat:
    """The heartbeat of one process.

    Args:
        database: where its row stands.
        instance_id: unique among the processes that run.
        program: such as `bot` or `scanner`.
        detail: asked at each beat; values that msgspec encodes, no secrets.
        region: where it runs; empty: not said.
    """

    def __init__(
        self,
        database: Database,
        *,
        instance_id: str,
        program: str,
        detail: Detail = _nothing,
        region: str = "",
    ) -> None:
        self._database = database
        self._instance_id = instance_id
        self._program = program
        self._detail = detail
        self._region = {"region": region} if region else {}
        self._signs = VitalSigns()

    async def run(self, stop: Stop) -> None:
        """Beat until the stop; while the database is unavailable, it only logs that."""
        is_first = True
        while not stop.is_set():
            try:
                said = {"errors": recent_errors(MAX_ERRORS), **self._signs.read()}
                detail = await self._detail() | self._region | said
                await beat(
                    self._database,
                    instance_id=self._instance_id,
                    program=self._program,
                    detail=detail,
                    is_first=is_first,
                )
                is_first = False
            except Unavailable as error:
                log.warning("No heartbeat: %s", error)
            await stop.sleep(HEARTBEAT_SECONDS)

    async def leave(self) -> None:
        """Delete the row of this process, which ends in order, unless the database is unavailable."""
        try:
            await leave(self._database, self._instance_id)
        except Unavailable as error:
            log.info("The row of this process stays: %s", error)


class MemberRole(StrEnum):
    """What the members of a chain share."""

    SCANNER = "scanner"
    """Buckets of wallets that scanners read."""
    PROCESSOR = "processor"
    """Partitions of transactions that processors store."""


async def membership_heartbeat(
    database: Database, *, chain: str, role: MemberRole, instance_id: str, seconds: float
) -> frozenset[str]:
    """Beat for one instance, and return every instance that beat within `seconds`, this one included.

    Args:
        database: one statement, committed by itself.
        chain: whose wallets are shared out.
        role: what the members do; each role shares by itself.
        instance_id: this process.
        seconds: after which silence a member is gone; several times the pause between heartbeats.
    """
    rows = await database.fetch(MEMBER_BEAT, chain, role.value, instance_id, seconds)
    return frozenset(row["instance_id"] for row in rows) | {instance_id}


async def count_members(database: Database, *, chain: str, role: MemberRole, seconds: float) -> int:
    """Return how many instances beat within `seconds`.

    Args:
        database: it is only read.
        chain: whose members.
        role: which of them.
        seconds: after which silence a member is gone; as in `membership_heartbeat`.
    """
    count: int = await database.fetchval(COUNT, chain, role.value, seconds)
    return count


async def leave_membership(database: Database, *, chain: str, role: MemberRole, instance_id: str) -> None:
    """End one membership in order, so that the others share its wallets at their next heartbeat.

    Args:
        database: two statements; if the second fails, old rows stay a while, which harms nobody.
        chain: whose member.
        role: what it did; other roles of the process stay.
        instance_id: this process.
    """
    await database.execute(LEAVE, chain, role.value, instance_id)
    await database.execute(DELETE_SILENT, chain, role.value)
