"""Leases: the right to do something until a time, with an epoch that rises at each new holder.

A holder may be stopped for longer than its lease and not know it. What must not be written then is written
in a transaction that first checks its fence.
"""

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

# The row stays locked until the end of the transaction, so that nobody takes the lease before it.
STANDS = """
SELECT 1 FROM leases
WHERE name = $1 AND owner = $2 AND epoch = $3 AND expires_at > clock_timestamp()
FOR SHARE
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


async def check_fence(connection: Connection, fence: Fence) -> None:
    """Go on only while the lease is held; nobody takes it before this transaction ends.

    Raises:
        Fenced: it is not.
    """
    if await connection.fetchval(STANDS, fence.name, fence.owner, fence.epoch) is None:
        raise Fenced(f"the lease {fence.name} of epoch {fence.epoch} is held no longer")
