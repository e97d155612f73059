"""Leases: the right to do something until a time, with an epoch that rises at each new holder.

A holder may be stopped for longer than its lease and not know it. What must not be written then is written
in a transaction that first checks its fence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import Unavailable
from storage.postgres import Connection, Database

TAKE = """
INSERT INTO leases (name, owner, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET
    epoch = leases.epoch + CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END,
    owner = excluded.owner, expires_at = excluded.expires_at
WHERE leases.owner = excluded.owner OR leases.expires_at < now()
RETURNING epoch
"""

# In one order for all writers, so that two of them never wait for each other.
TAKE_ALL = """
INSERT INTO leases (name, owner, expires_at)
SELECT name, $2, now() + make_interval(secs => $3) FROM unnest($1::text[]) AS name ORDER BY name
ON CONFLICT (name) DO UPDATE SET
    epoch = leases.epoch + CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END,
    owner = excluded.owner, expires_at = excluded.expires_at
WHERE leases.owner = excluded.owner OR leases.expires_at < now()
RETURNING name, epoch
"""

DROP_ALL = """
UPDATE leases SET expires_at = now() - interval '1 second'
FROM (SELECT name FROM leases WHERE name = ANY($1::text[]) AND owner = $2 ORDER BY name FOR UPDATE) AS mine
WHERE leases.name = mine.name
"""

FENCED_SECONDS = 5
"""A fenced transaction is ended by the server after so long: while it is open nobody can take its lease, and
its process may be stopped. Less than any lease."""

# A transaction that nobody goes on with is idle only between statements, not within the messages of one; so
# there is a limit for the whole. PostgreSQL has it since 17.
_LIMIT = f"""
CASE WHEN current_setting('server_version_num')::int >= 170000
     THEN set_config('transaction_timeout', '{FENCED_SECONDS}s', true) END
"""

# ruff: noqa: S608 - the part put in is the constant above
# The row stays locked until the end of the transaction, so that nobody takes the lease before it.
STANDS = f"""
SELECT 1, {_LIMIT} FROM leases
WHERE name = $1 AND owner = $2 AND epoch = $3 AND expires_at > clock_timestamp()
FOR SHARE
"""

ALL_STAND = f"""
SELECT leases.name, {_LIMIT} FROM leases
JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS held (name, owner, epoch) USING (name, owner, epoch)
WHERE expires_at > clock_timestamp() ORDER BY leases.name
FOR SHARE OF leases
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A held lease, by which a transaction proves that its writer still holds it."""

    name: str
    owner: str
    epoch: int


class Fenced(Unavailable):
    """The lease is somebody else's, or has ended; nothing was written."""


async def take_lease(database: Database, *, name: str, owner: str, seconds: float) -> int | None:
    """Take or renew a lease; its epoch, or None while somebody else holds it."""
    epoch: int | None = await database.fetchval(TAKE, name, owner, seconds)
    return epoch


async def drop_lease(database: Database, *, name: str, owner: str) -> None:
    """Let the next one have it at once."""
    await database.execute(
        "UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = $1 AND owner = $2",
        name,
        owner,
    )


async def take_leases(
    database: Database, *, names: Collection[str], owner: str, seconds: float
) -> Mapping[str, int]:
    """Take or renew several; the epochs of those that are held now. Others have the rest."""
    rows = await database.fetch(TAKE_ALL, sorted(names), owner, seconds)
    return {row["name"]: row["epoch"] for row in rows}


async def drop_leases(database: Database, *, names: Collection[str], owner: str) -> None:
    """Let the next ones have these at once."""
    await database.execute(DROP_ALL, sorted(names), owner)


async def check_fence(connection: Connection, fence: Fence) -> None:
    """Go on only while the lease is held; nobody takes it before this transaction ends.

    Raises:
        Fenced: it is not.
    """
    if await connection.fetchval(STANDS, fence.name, fence.owner, fence.epoch) is None:
        raise Fenced(f"the lease {fence.name} of epoch {fence.epoch} is held no longer")


async def check_fences(connection: Connection, fences: Sequence[Fence]) -> None:
    """The same for several at once.

    Raises:
        Fenced: one of them is not held.
    """
    held = ([f.name for f in fences], [f.owner for f in fences], [f.epoch for f in fences])
    standing = {row["name"] for row in await connection.fetch(ALL_STAND, *held)}
    if lost := sorted({fence.name for fence in fences} - standing):
        raise Fenced(f"the leases {', '.join(lost)} are held no longer")
