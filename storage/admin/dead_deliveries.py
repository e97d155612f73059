"""Deliveries that were given up: counted by cause, and tried again in batches."""

from dataclasses import dataclass

from storage.postgres import Database, affected

RECENT = "7 days"
"""Older alerts are no news to anybody and stay dead."""

# ruff: noqa: S608 - the parts put in are the constants below
# Errors that differ only in their numbers (ids, waits) have one cause.
_CAUSE = "regexp_replace(coalesce(deliveries.error, 'unknown'), '[0-9]+', 'N', 'g')"

_AGAIN = (
    f"deliveries.state = 'dead' AND finished_at > now() - interval '{RECENT}' AND chats.closed_at IS NULL"
    " AND channel = 'telegram'"
)

CAUSES = f"""
SELECT {_CAUSE} AS cause, count(*) AS number FROM deliveries JOIN chats USING (chat_id)
WHERE {_AGAIN} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""

# Attempts begin again, so that each gets all its tries once more. SKIP LOCKED: two operators may retry.
RETRY = f"""
UPDATE deliveries SET state = 'retry', attempts = 0, due_at = now(), finished_at = NULL
WHERE delivery_id IN (
    SELECT delivery_id FROM deliveries JOIN chats USING (chat_id)
    WHERE {_AGAIN} AND {_CAUSE} = $1 ORDER BY delivery_id LIMIT $2
    FOR UPDATE OF deliveries SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadCause:
    """Why deliveries were given up, and how many; only those to open chats."""

    cause: str
    number: int


async def dead_causes(database: Database) -> list[DeadCause]:
    """The causes of a week, the most frequent ones first."""
    return [DeadCause(cause=row["cause"], number=row["number"]) for row in await database.fetch(CAUSES)]


async def retry_dead(database: Database, cause: str, *, limit: int) -> int:
    """Let senders try up to `limit` deliveries with this cause again; how many there were.

    Args:
        database: one statement, which passes over rows that others lock.
        cause: as `dead_causes` has it: an error with N for each number.
        limit: how many at most, so that a fault that lasts is tried on a few.
    """
    return affected(await database.execute(RETRY, cause, limit))
