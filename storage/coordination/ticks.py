"""Periodic work: one row for each tick, so that it is done once however many processes think of it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from storage.postgres import Database

# Whoever inserts the row has the tick; a worker that died leaves it to the next when its lease ends.
TAKE = """
INSERT INTO ticks (name, tick, owner, lease_until)
VALUES ($1, date_trunc('hour', now()), $2, now() + make_interval(secs => $3))
ON CONFLICT (name, tick) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
WHERE ticks.done_at IS NULL AND ticks.lease_until < now()
RETURNING tick
"""

IS_OPEN = """
SELECT NOT EXISTS (
    SELECT FROM ticks WHERE name = $1 AND tick = date_trunc('hour', now())
      AND (done_at IS NOT NULL OR lease_until > now()))
"""

FINISH = """
UPDATE ticks SET done_at = now(), report = $4 WHERE name = $1 AND tick = $2 AND owner = $3 AND done_at IS NULL
"""


async def is_open(database: Database, name: str) -> bool:
    """Whether this hour's work is neither done nor in somebody's hands."""
    return bool(await database.fetchval(IS_OPEN, name))


async def take_tick(database: Database, name: str, *, owner: str, seconds: float) -> datetime | None:
    """The right to do this hour's work until a lease ends; None: it is done, or somebody is at it."""
    tick: datetime | None = await database.fetchval(TAKE, name, owner, seconds)
    return tick


async def finish_tick(
    database: Database, name: str, tick: datetime, *, owner: str, report: Mapping[str, object]
) -> None:
    """It is done; what was done stands in the row."""
    await database.execute(FINISH, name, tick, owner, msgspec.json.encode(report).decode())
