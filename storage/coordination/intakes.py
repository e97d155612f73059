"""How the bots of a database take updates: where they differ, those that were started last decide.

So a new WEBHOOK_URL takes effect while bots are replaced one by one, and nobody sets the webhook back.
"""

from __future__ import annotations

from storage.postgres import Database

ALIVE_SECONDS = 30.0
"""A bot whose last heartbeat is older counts as gone."""

# The newest of all that live, whatever it does: between it and this one, others may have been started that
# leave the updates to it as well.
NEWER = """
SELECT newest.intake FROM instances AS mine CROSS JOIN LATERAL (
    SELECT detail ->> 'intake' AS intake FROM instances AS other
    WHERE other.program = mine.program AND other.started_at > mine.started_at
        AND other.heartbeat_at > now() - make_interval(secs => $2) AND other.detail ? 'intake'
    ORDER BY other.started_at DESC LIMIT 1) AS newest
WHERE mine.instance_id = $1 AND newest.intake <> mine.detail ->> 'intake'
"""


async def newer_intake(database: Database, instance_id: str) -> str:
    """Return how the bot that was started last takes updates; empty: as this one, or it is this one.

    Args:
        database: it is only read.
        instance_id: of this bot, whose heartbeat names its own way as `intake`.
    """
    return str(await database.fetchval(NEWER, instance_id, ALIVE_SECONDS) or "")
