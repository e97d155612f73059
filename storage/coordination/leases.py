"""Leases: the right to do something until a time, with an epoch that rises at each new owner.

Periodic work is done once in each hour, however many schedulers start it.

An owner may be stopped for longer than its lease without knowing it. What it must not write then is written
in a transaction that first checks its fence.

The claim of one row (`lease_owner` and `lease_until` of an update, a question or a delivery) stands in that
row instead: it is taken with the row, by the thousand a second, and needs no epoch.

The right to do it is a lease; what was done is a row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.errors import Unavailable
from storage.postgres import Connection, Database

# In one order for all writers, so that two of them never wait for each other.
TAKE = """
INSERT INTO leases (name, owner, expires_at)
SELECT name, $2, now() + make_interval(secs => $3) FROM unnest($1::text[]) AS name ORDER BY name
ON CONFLICT (name) DO UPDATE SET
    epoch = leases.epoch + CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END,
    owner = excluded.owner, expires_at = excluded.expires_at
WHERE leases.owner = excluded.owner OR leases.expires_at < now()
RETURNING name, epoch
"""

DROP = """
UPDATE leases SET expires_at = now() - interval '1 second'
FROM (SELECT name FROM leases WHERE name = ANY($1::text[]) AND owner = $2 ORDER BY name FOR UPDATE) AS mine
WHERE leases.name = mine.name
"""

FENCED_SECONDS = 5
"""The server ends a fenced transaction after this time: while it is open nobody can take its lease, and its
process may be stopped. It is less than any lease."""

# The time-out for idle transactions counts only between statements. A process may also stop between the
# messages of one statement, so the whole transaction is limited. PostgreSQL has that setting since 17.
_LIMIT = f"""
CASE WHEN current_setting('server_version_num')::int >= 170000
     THEN set_config('transaction_timeout', '{FENCED_SECONDS}s', true) END
"""

# ruff: noqa: S608 - the part put in is the constant above
# The rows stay locked until the end of the transaction, so that nobody takes a lease before it.
STANDING = f"""
SELECT leases.name, {_LIMIT} FROM leases
JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS fence (name, owner, epoch) USING (name, owner, epoch)
WHERE expires_at > clock_timestamp() ORDER BY leases.name
FOR SHARE OF leases
"""

OPEN = """
SELECT date_trunc('hour', now()) AS tick
WHERE NOT EXISTS (SELECT FROM ticks WHERE name = $1 AND tick = date_trunc('hour', now()))
"""

IS_OPEN = f"""
SELECT EXISTS ({OPEN}) AND NOT EXISTS (SELECT FROM leases WHERE name = $2 AND expires_at > now())
"""

# A worker whose lease went to another has nothing to report: the other one does the work again.
FINISH = """
INSERT INTO ticks (name, tick, owner, report)
SELECT $1, $2::timestamptz, $3, $4::jsonb
WHERE EXISTS (SELECT FROM leases WHERE leases.name = $5 AND leases.owner = $3)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A lease as its owner got it; a transaction proves with it that the owner still has the lease."""

    name: str
    owner: str
    epoch: int


class Fenced(Unavailable):
    """A lease has ended or has another owner; nothing was written."""


async def take_lease(database: Database, *, name: str, owner: str, seconds: float) -> int | None:
    """Take or renew a lease; its epoch, or None while another owner has it.

    Args:
        database: one statement, committed by itself.
        name: of the right; one row, made when it is first taken.
        owner: unique among processes; the same owner renews and keeps its epoch.
        seconds: until it ends, on the clock of PostgreSQL; renew it well before.
    """
    return (await take_leases(database, names=[name], owner=owner, seconds=seconds)).get(name)


async def drop_lease(database: Database, *, name: str, owner: str) -> None:
    """End a lease, so that the next owner can have it at once.

    Args:
        database: one statement, committed by itself.
        name: of the right.
        owner: who ends it; a lease of somebody else stays.
    """
    await drop_leases(database, names=[name], owner=owner)


async def take_leases(
    database: Database, *, names: Collection[str], owner: str, seconds: float
) -> Mapping[str, int]:
    """Take or renew several leases; the epochs of those that `owner` has now. Other owners have the rest.

    Args:
        database: one statement; rows are locked in the order of names, so that two owners never deadlock.
        names: of the rights; those that another owner has are missing in the answer.
        owner: unique among processes; the same owner renews and keeps its epochs.
        seconds: until they end, on the clock of PostgreSQL.
    """
    rows = await database.fetch(TAKE, sorted(names), owner, seconds)
    return {row["name"]: row["epoch"] for row in rows}


async def drop_leases(database: Database, *, names: Collection[str], owner: str) -> None:
    """End several leases, so that the next owners can have them at once.

    Args:
        database: one statement; rows are locked in the order of names.
        names: of the rights.
        owner: who ends them; those of others stay.
    """
    await database.execute(DROP, sorted(names), owner)


async def check_fences(connection: Connection, fences: Sequence[Fence]) -> None:
    """Check that each lease still has its owner, and lock the leases until this transaction ends.

    Raises:
        Fenced: an owner has lost its lease.
    """
    if not fences:
        return
    columns = ([f.name for f in fences], [f.owner for f in fences], [f.epoch for f in fences])
    standing = {row["name"] for row in await connection.fetch(STANDING, *columns)}
    if ended := sorted({fence.name for fence in fences} - standing):
        raise Fenced(f"the owner of {', '.join(ended)} has lost its lease")


async def is_open(database: Database, name: str) -> bool:
    """Return whether this hour's work is not done yet and no worker has its lease."""
    return bool(await database.fetchval(IS_OPEN, name, _lease(name)))


async def take_tick(database: Database, name: str, *, owner: str, seconds: float) -> datetime | None:
    """Take the right to do this hour's work until a lease ends; None: it is done, or it is in work.

    Args:
        database: up to three statements; the lease protects what lies between them.
        name: of the work; each has ticks of its own.
        owner: who does it; `finish_tick` must pass the same.
        seconds: how long the work may take; after that another process may begin it.
    """
    if await take_lease(database, name=_lease(name), owner=owner, seconds=seconds) is None:
        return None
    tick: datetime | None = await database.fetchval(OPEN, name)
    if tick is None:
        await drop_lease(database, name=_lease(name), owner=owner)
    return tick


async def finish_tick(
    database: Database, name: str, tick: datetime, *, owner: str, report: Mapping[str, object]
) -> None:
    """Store that the work is done, with a report, and end the lease.

    Args:
        database: two statements; the report stands before the lease ends.
        name: as in `take_tick`.
        tick: what `take_tick` returned.
        owner: as in `take_tick`; if another owner has the lease by now, nothing is stored.
        report: what was done, for operators; values that msgspec encodes.
    """
    text = msgspec.json.encode(report).decode()
    await database.execute(FINISH, name, tick, owner, text, _lease(name))
    await drop_lease(database, name=_lease(name), owner=owner)


def _lease(name: str) -> str:
    return f"tick {name}"
