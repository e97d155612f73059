"""The processes that run: a row for each, with its heartbeat."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.health import HealthState
from domain.instances import InstanceHealth, TradeGap
from storage.postgres import Database

HEARTBEAT_SECONDS = 10.0

BEAT = """
INSERT INTO instances (instance_id, program, detail) VALUES ($1, $2, $3)
ON CONFLICT (instance_id) DO UPDATE
SET program = excluded.program, detail = excluded.detail, heartbeat_at = now()
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
    database: Database, *, instance_id: str, program: str, detail: dict[str, object] | None = None
) -> None:
    """Store a heartbeat of this process."""
    await database.execute(BEAT, instance_id, program, msgspec.json.encode(detail or {}).decode())


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
    """Followed wallets without an activity for at least so many minutes, the longest first."""
    return [TradeGap(**dict(row)) for row in await database.fetch(GAPS, chain, minutes, limit)]
