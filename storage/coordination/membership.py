"""Membership: which instances of a role share the wallets of a chain now, by their heartbeats."""

from enum import StrEnum

from storage.postgres import Database

# One statement, one round trip: the SELECT does not see the row of the INSERT beside it, so `instance_id <>
# $3`.
BEAT = """
WITH mine AS (
    INSERT INTO members (chain, role, instance_id) VALUES ($1, $2, $3)
    ON CONFLICT (chain, role, instance_id) DO UPDATE SET beat_at = now()
)
SELECT instance_id FROM members
WHERE chain = $1 AND role = $2 AND instance_id <> $3 AND beat_at > now() - make_interval(secs => $4)
"""

COUNT = """
SELECT count(*) FROM members WHERE chain = $1 AND role = $2 AND beat_at > now() - make_interval(secs => $3)
"""

LEAVE = "DELETE FROM members WHERE chain = $1 AND role = $2 AND instance_id = $3"

# Instances that were killed leave their rows behind.
DELETE_SILENT = "DELETE FROM members WHERE chain = $1 AND role = $2 AND beat_at < now() - interval '1 hour'"


class MemberRole(StrEnum):
    """What the members of a chain share."""

    SCANNER = "scanner"
    """Buckets of wallets that scanners read."""
    PROCESSOR = "processor"
    """Partitions of transactions that processors store."""


async def membership_heartbeat(
    database: Database, *, chain: str, role: MemberRole, instance_id: str, seconds: float
) -> frozenset[str]:
    """Beat for one instance, and return every instance that beat within `seconds`, this one included."""
    rows = await database.fetch(BEAT, chain, role.value, instance_id, seconds)
    return frozenset(row["instance_id"] for row in rows) | {instance_id}


async def count_members(database: Database, *, chain: str, role: MemberRole, seconds: float) -> int:
    """How many instances beat within `seconds`."""
    count: int = await database.fetchval(COUNT, chain, role.value, seconds)
    return count


async def leave_membership(database: Database, *, chain: str, role: MemberRole, instance_id: str) -> None:
    """End one membership in order, so that the others share its wallets at their next heartbeat."""
    await database.execute(LEAVE, chain, role.value, instance_id)
    await database.execute(DELETE_SILENT, chain, role.value)
