"""Chats: who may be written to, and where a group has moved."""

from domain.chats import Chat
from storage.postgres import Connection, Database

SEEN = """
INSERT INTO chats (chat_id, kind, title) VALUES ($1, $2, $3)
ON CONFLICT (chat_id) DO UPDATE SET kind = excluded.kind, title = excluded.title
WHERE (chats.kind, chats.title) IS DISTINCT FROM (excluded.kind, excluded.title)
"""

REOPEN = """
UPDATE chats SET closed_reason = NULL, closed_at = NULL
WHERE chat_id = $1 AND closed_at IS NOT NULL RETURNING chat_id
"""

CLOSE = "UPDATE chats SET closed_reason = $2, closed_at = now() WHERE chat_id = $1 AND closed_at IS NULL"

MOVE_WATCHES = """
UPDATE watches SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT 1 FROM watches AS other
    WHERE other.chat_id = $2 AND other.topic_id = watches.topic_id AND other.wallet_id = watches.wallet_id)
"""

MOVE_DELIVERIES = """
UPDATE deliveries SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT 1 FROM deliveries AS other
    WHERE other.chat_id = $2 AND other.topic_id = deliveries.topic_id
      AND other.alert_id = deliveries.alert_id)
"""

MOVE_SYSTEM_MESSAGES = """
UPDATE system_messages SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM system_messages AS other
    WHERE other.chat_id = $2 AND other.outage_id = system_messages.outage_id)
"""

BOTH = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR UPDATE"

MOVE_SETTINGS = """
UPDATE chats SET settings = CASE WHEN chats.settings = '{}' THEN old.settings ELSE chats.settings END,
    tier = CASE WHEN chats.tier = 'free' THEN old.tier ELSE chats.tier END
FROM chats AS old WHERE chats.chat_id = $2 AND old.chat_id = $1
"""

# A digest whose carrier stays behind is gathered anew in the new chat.
UNFOLD = """
UPDATE deliveries SET state = 'deferred', digest_id = NULL, finished_at = NULL, due_at = now()
WHERE chat_id = $2 AND state = 'digested' AND digest_id IN (
    SELECT delivery_id FROM deliveries WHERE chat_id = $1 AND state IN ('pending', 'retry', 'sending'))
"""

END_WAITING = """
UPDATE deliveries SET state = 'dead', error = 'chat was closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND state IN ('pending', 'retry', 'deferred')
"""

END_SYSTEM_MESSAGES = """
UPDATE system_messages SET state = 'dead', error = 'chat was closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND state = 'pending'
"""


async def saw_chat(database: Database, chat: Chat) -> None:
    """Note that somebody wrote in this chat."""
    await database.execute(SEEN, chat.chat_id, chat.kind, chat.title)


async def reopen_chat(database: Database, chat_id: int) -> None:
    """The chat may be written to again; what waited for it while it was closed is not sent."""

    async def work(connection: Connection) -> None:
        if await connection.fetchval(REOPEN, chat_id):
            await connection.execute(END_WAITING, chat_id)
            await connection.execute(END_SYSTEM_MESSAGES, chat_id)

    await database.transaction(work)


async def close_chat(database: Database, chat_id: int, reason: str) -> None:
    """Nothing is sent to this chat any more, because of `reason`."""
    await database.execute(CLOSE, chat_id, reason)


async def migrate_chat(database: Database, *, old_id: int, new_id: int) -> None:
    """The group got a new id: everything that names the old one names the new one, once."""

    async def work(connection: Connection) -> None:
        known = await connection.fetch(BOTH, [old_id, new_id])  # a fan-out that is under way is waited for
        if new_id not in {row["chat_id"] for row in known}:
            await connection.execute(
                "UPDATE chats SET chat_id = $2, kind = 'supergroup' WHERE chat_id = $1", old_id, new_id
            )
            return
        for statement in (MOVE_SETTINGS, MOVE_WATCHES, MOVE_DELIVERIES, UNFOLD, MOVE_SYSTEM_MESSAGES):
            await connection.execute(statement, old_id, new_id)
        await connection.execute("UPDATE questions SET chat_id = $2 WHERE chat_id = $1", old_id, new_id)
        await connection.execute("DELETE FROM chats WHERE chat_id = $1", old_id)

    if old_id != new_id:
        await database.transaction(work)
