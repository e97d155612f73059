"""Partitions of the table `activities`, one for each day: made ahead of time, dropped when they are old.

The default partition takes rows of days that have none. They are never moved: such a day keeps its rows
there, and the report counts them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg

from runtime.clock import now
from storage.postgres import Connection, Database, affected

AHEAD_DAYS = 7
LOCK_MILLISECONDS = 3_000
"""How long the statement waits for its lock, and inserts behind it; then it is postponed for an hour."""
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
    """The report."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    left_in_default: int
    """Rows in the default partition of days that should have a partition."""
    postponed: int
    """Days that have no partition because the lock was not free."""


async def keep_partitions(database: Database, *, days: int) -> Partitioned:
    """Make the partitions of the next days, and drop those that ended more than `days` ago."""
    today = now().astimezone(UTC).date()
    names = {row["relname"] for row in await database.fetch(EXISTING)}
    wanted = [today + timedelta(days=number) for number in range(AHEAD_DAYS + 1)]
    made, left, postponed = [], 0, 0
    for day in (day for day in wanted if _name(day) not in names):
        in_default = await database.fetchval(IN_DEFAULT, _midnight(day), _midnight(day + timedelta(days=1)))
        if in_default:
            left += in_default
        elif await _make(database, day):
            made.append(_name(day))
        else:
            postponed += 1
    dropped = await _drop_old(database, names, today - timedelta(days=days))
    return Partitioned(made=tuple(made), dropped=dropped, left_in_default=left, postponed=postponed)


async def _make(database: Database, day: date) -> bool:
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    return await _with_lock(
        database,
        f"CREATE TABLE IF NOT EXISTS {_name(day)} PARTITION OF activities"
        f" FOR VALUES FROM ('{begin.isoformat()}') TO ('{end.isoformat()}')",
    )


async def _drop_old(database: Database, names: set[str], before: date) -> tuple[str, ...]:
    """Drop old partitions, then keys and rows of the default partition of the same age."""
    old = sorted(name for name in names if (day := _day(name)) is not None and day < before)
    dropped = [name for name in old if await _with_lock(database, f"DROP TABLE IF EXISTS {name}")]
    for statement in (OLD_KEYS, OLD_ROWS):
        while affected(await database.execute(statement, _midnight(before), BATCH)) == BATCH:
            continue
    return tuple(dropped)


async def _with_lock(database: Database, statement: str) -> bool:
    """Run it unless the lock takes too long. Names in it are made of digits, never of foreign text."""

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
