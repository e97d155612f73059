"""Partitions of `activities` and of candles, one for each day: made ahead of time, dropped when they are old.

The default partition takes rows of days that have none. They are never moved: such a day keeps its rows
there, and the report counts them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg

from domain.tokens.candles import HOUR, MINUTE
from runtime.clock import now
from storage.postgres import Connection, Database, affected

AHEAD_DAYS = 7
LOCK_MILLISECONDS = 3_000
"""How long the statement waits for its lock, and inserts behind it; then it is postponed for an hour."""
BATCH = 5_000
_NAME = re.compile(r"[a-z_]+_(\d{8})")

EXISTING = """
SELECT child.relname FROM pg_inherits
JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = $1::text::regclass
"""

# For str.format, with names of this module alone.
IN_DEFAULT = "SELECT count(*) FROM {name}_default WHERE {column} >= $1 AND {column} < $2"
OLD_ROWS = "DELETE FROM {name} WHERE ctid IN (SELECT ctid FROM {name} WHERE {column} < $1 LIMIT $2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionedTable:
    """A table with a partition for each day."""

    name: str
    column: str
    """By whose time it is partitioned."""
    companions: tuple[str, ...] = ()
    """Tables with a column of the same name whose old rows go, too."""


ACTIVITIES = PartitionedTable(name="activities", column="block_time", companions=("activity_keys",))
CANDLES = {
    MINUTE: PartitionedTable(name="minute_candles", column="begins"),
    HOUR: PartitionedTable(name="hour_candles", column="begins"),
}
"""By seconds of a candle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioned:
    """The report."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    left_in_default: int
    """Rows in the default partition of days that should have a partition."""
    postponed: int
    """Days that have no partition because the lock was not free."""


async def keep_partitions(
    database: Database, *, days: int, table: PartitionedTable = ACTIVITIES
) -> Partitioned:
    """Make the partitions of the next days, and drop those that ended more than `days` ago.

    Args:
        database: each partition is made or dropped by itself; one whose lock does not come soon waits for the
            next time.
        days: kept, counted from today in UTC.
        table: one that is partitioned by day.
    """
    today = now().astimezone(UTC).date()
    names = {row["relname"] for row in await database.fetch(EXISTING, table.name)}
    wanted = [today + timedelta(days=number) for number in range(AHEAD_DAYS + 1)]
    counted = IN_DEFAULT.format(name=table.name, column=table.column)
    made, left, postponed = [], 0, 0
    for day in (day for day in wanted if _name(table, day) not in names):
        until = _midnight(day + timedelta(days=1))
        in_default = await database.fetchval(counted, _midnight(day), until)
        if in_default:
            left += in_default
        elif await _make(database, table, day):
            made.append(_name(table, day))
        else:
            postponed += 1
    dropped = await _drop_old(database, table, names, today - timedelta(days=days))
    return Partitioned(made=tuple(made), dropped=dropped, left_in_default=left, postponed=postponed)


async def _make(database: Database, table: PartitionedTable, day: date) -> bool:
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    return await _with_lock(
        database,
        f"CREATE TABLE IF NOT EXISTS {_name(table, day)} PARTITION OF {table.name}"
        f" FOR VALUES FROM ('{begin.isoformat()}') TO ('{end.isoformat()}')",
    )


async def _drop_old(
    database: Database, table: PartitionedTable, names: set[str], before: date
) -> tuple[str, ...]:
    """Drop old partitions, then what lies beside them and in the default partition of the same age."""
    old = sorted(name for name in names if (day := _day(name)) is not None and day < before)
    dropped = [name for name in old if await _with_lock(database, f"DROP TABLE IF EXISTS {name}")]
    for name in (*table.companions, f"{table.name}_default"):
        statement = OLD_ROWS.format(name=name, column=table.column)
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


def _name(table: PartitionedTable, day: date) -> str:
    return f"{table.name}_{day:%Y%m%d}"


def _day(name: str) -> date | None:
    found = _NAME.fullmatch(name)
    return None if found is None else datetime.strptime(found.group(1), "%Y%m%d").replace(tzinfo=UTC).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
