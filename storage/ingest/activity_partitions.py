"""Partitions of the activities, a day each: made ahead of time, dropped when their time is over.

The default partition catches what has no other place. Rows in it are never moved: a day that has rows there
keeps them there, and that is told.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg

from runtime.clock import now
from storage.postgres import Connection, Database, affected

AHEAD_DAYS = 7
LOCK_MILLISECONDS = 3_000
"""How long inserts may have to wait for a new partition; it is tried again in an hour."""
BATCH = 5_000
_NAME = re.compile(r"activities_(\d{8})")

EXISTING = """
SELECT child.relname FROM pg_inherits
JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = 'activities'::regclass
"""

IN_DEFAULT = "SELECT count(*) FROM activities_default WHERE block_time >= $1 AND block_time < $2"

OLD_KEYS = """
DELETE FROM activity_keys WHERE ctid IN (SELECT ctid FROM activity_keys WHERE block_time < $1 LIMIT $2)
"""

OLD_ROWS = """
DELETE FROM activities_default WHERE ctid IN (
    SELECT ctid FROM activities_default WHERE block_time < $1 LIMIT $2)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioned:
    """What was done."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    left_in_default: int
    """Rows in the default partition for which a day of their own was wanted."""
    put_off: int
    """Days for which no lock was to be had."""


async def keep_partitions(database: Database, *, days: int) -> Partitioned:
    """Make the days ahead, drop those that ended more than `days` ago."""
    today = now().astimezone(UTC).date()
    names = {row["relname"] for row in await database.fetch(EXISTING)}
    wanted = [today + timedelta(days=number) for number in range(AHEAD_DAYS + 1)]
    made, left, put_off = [], 0, 0
    for day in (day for day in wanted if _name(day) not in names):
        stray = await database.fetchval(IN_DEFAULT, _midnight(day), _midnight(day + timedelta(days=1)))
        if stray:
            left += stray
        elif await _make(database, day):
            made.append(_name(day))
        else:
            put_off += 1
    dropped = await _drop_old(database, names, today - timedelta(days=days))
    return Partitioned(made=tuple(made), dropped=dropped, left_in_default=left, put_off=put_off)


async def _make(database: Database, day: date) -> bool:
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    return await _with_lock(
        database,
        f"CREATE TABLE IF NOT EXISTS {_name(day)} PARTITION OF activities"
        f" FOR VALUES FROM ('{begin.isoformat()}') TO ('{end.isoformat()}')",
    )


async def _drop_old(database: Database, names: set[str], before: date) -> tuple[str, ...]:
    """Partitions first, then the keys and the rows of the default partition of the same age."""
    old = sorted(name for name in names if (day := _day(name)) is not None and day < before)
    dropped = [name for name in old if await _with_lock(database, f"DROP TABLE IF EXISTS {name}")]
    for statement in (OLD_KEYS, OLD_ROWS):
        while affected(await database.execute(statement, _midnight(before), BATCH)) == BATCH:
            continue
    return tuple(dropped)


async def _with_lock(database: Database, statement: str) -> bool:
    """Run it if the lock is to be had soon; names are made of digits here, never of foreign text."""

    async def work(connection: Connection) -> None:
        await connection.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        await connection.execute(statement)

    try:
        await database.transaction(work)
    except (asyncpg.LockNotAvailableError, asyncpg.CheckViolationError):
        return False
    return True


def _name(day: date) -> str:
    return f"activities_{day:%Y%m%d}"


def _day(name: str) -> date | None:
    found = _NAME.fullmatch(name)
    return None if found is None else datetime.strptime(found.group(1), "%Y%m%d").replace(tzinfo=UTC).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
