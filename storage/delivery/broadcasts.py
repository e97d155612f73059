"""Broadcasts: one text for all chats, stopped and resumed; its deliveries stand in the outbox."""

from domain.canary import CANARY_CHAT
from domain.delivery.broadcasts import BroadcastProgress, BroadcastState
from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from storage.postgres import Connection, Database, affected
from storage.sql_files import read_statement

DRAFT = "INSERT INTO broadcasts (text, created_by) VALUES ($1, $2) RETURNING broadcast_id"

COUNT = f"SELECT count(*) FROM chats WHERE closed_at IS NULL AND chat_id <> {CANARY_CHAT}"  # noqa: S608 - a constant

START = """
UPDATE broadcasts SET state = 'running', finished_at = NULL
WHERE broadcast_id = $1 AND state IN ('draft', 'stopped') RETURNING broadcast_id
"""

ADDRESS = f"""
INSERT INTO deliveries (kind, broadcast_id, chat_id, lane)
SELECT 'broadcast', $1, chat_id, $2 FROM chats WHERE closed_at IS NULL AND chat_id <> {CANARY_CHAT}
ON CONFLICT DO NOTHING
"""  # noqa: S608 - a constant

STOP = "UPDATE broadcasts SET state = 'stopped' WHERE broadcast_id = $1 AND state = 'running'"

PROGRESS = read_statement(__name__, "PROGRESS")

FINISH = """
UPDATE broadcasts SET state = 'done', finished_at = now()
WHERE state = 'running' AND NOT EXISTS (
    SELECT FROM deliveries WHERE deliveries.broadcast_id = broadcasts.broadcast_id
      AND deliveries.state IN ('pending', 'retry', 'sending'))
"""


async def draft(database: Database, text: str, *, by: int) -> int:
    """Keep a text that may be sent to all; its number.

    Args:
        database: one statement, committed by itself.
        text: Telegram's HTML, checked by the caller; nothing is sent before it is started.
        by: user id of the operator.
    """
    number: int = await database.fetchval(DRAFT, text, by)
    return number


async def reachable(database: Database) -> int:
    """Return how many chats it would go to."""
    return int(await database.fetchval(COUNT))


async def start(database: Database, broadcast_id: int) -> bool:
    """Begin, or continue after a stop; false if it runs or is done already."""

    async def work(connection: Connection) -> bool:
        if await connection.fetchval(START, broadcast_id) is None:
            return False
        begun = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM deliveries WHERE broadcast_id = $1)", broadcast_id
        )
        if not begun:
            await connection.execute(ADDRESS, broadcast_id, KIND_RULES[DeliveryKind.BROADCAST].lane.value)
        return True

    return await database.transaction(work)


async def stop(database: Database, broadcast_id: int) -> bool:
    """Send no more of it for now; return whether it was running."""
    return affected(await database.execute(STOP, broadcast_id)) > 0


async def progress(database: Database, broadcast_id: int | None = None) -> BroadcastProgress | None:
    """Return how far a broadcast has come, or the latest one that was started."""
    row = await database.fetchrow(PROGRESS, broadcast_id)
    if row is None:
        return None
    return BroadcastProgress(**{**dict(row), "state": BroadcastState(row["state"])})


async def finish_broadcasts(database: Database) -> int:
    """Call those done of which nothing waits; return how many there were."""
    return affected(await database.execute(FINISH))
