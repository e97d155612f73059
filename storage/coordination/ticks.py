"""Periodic work: done once in each hour, however many schedulers start it.

The right to do it is a lease; what was done is a row.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from storage.coordination.leases import drop_lease, take_lease
from storage.postgres import Database

OPEN = """
SELECT date_trunc('hour', now()) AS tick
WHERE NOT EXISTS (SELECT FROM ticks WHERE name = $1 AND tick = date_trunc('hour', now()))
"""

IS_OPEN = f"""
SELECT EXISTS ({OPEN}) AND NOT EXISTS (SELECT FROM leases WHERE name = $2 AND expires_at > now())
"""  # noqa: S608 - constants only

# A worker whose lease went to another has nothing to report: the other one does the work again.
FINISH = """
INSERT INTO ticks (name, tick, owner, report)
SELECT $1, $2::timestamptz, $3, $4::jsonb
WHERE EXISTS (SELECT FROM leases WHERE leases.name = $5 AND leases.owner = $3)
ON CONFLICT DO NOTHING
"""


async def is_open(database: Database, name: str) -> bool:
    """Whether this hour's work is not done yet and no worker has its lease."""
    return bool(await database.fetchval(IS_OPEN, name, _lease(name)))


async def take_tick(database: Database, name: str, *, owner: str, seconds: float) -> datetime | None:
    """Take the right to do this hour's work until a lease ends; None: it is done, or it is in work."""
    if await take_lease(database, name=_lease(name), owner=owner, seconds=seconds) is None:
        return None
    tick: datetime | None = await database.fetchval(OPEN, name)
    if tick is None:
        await drop_lease(database, name=_lease(name), owner=owner)
    return tick


async def finish_tick(
    database: Database, name: str, tick: datetime, *, owner: str, report: Mapping[str, object]
) -> None:
    """Store that the work is done, with a report, and end the lease."""
    text = msgspec.json.encode(report).decode()
    await database.execute(FINISH, name, tick, owner, text, _lease(name))
    await drop_lease(database, name=_lease(name), owner=owner)


def _lease(name: str) -> str:
    return f"tick {name}"
