"""Leases: the right to do something until a time, with an epoch that rises at each new holder."""

from storage.postgres import Database

TAKE = """
INSERT INTO leases (name, owner, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET
    epoch = leases.epoch + CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END,
    owner = excluded.owner, expires_at = excluded.expires_at
WHERE leases.owner = excluded.owner OR leases.expires_at < now()
RETURNING epoch
"""


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
