"""Chats: whether messages may be sent there, and the new id of a group that became a supergroup."""

from domain.chats import Chat
from storage.chats.waiting_messages import end_waiting, move_messages
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

# What the new chat follows already stays as it is there; the old chat is deleted with the rest.
MOVE_WATCHES = """
UPDATE watches SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT 1 FROM watches AS other
    WHERE other.chat_id = $2 AND other.topic_id = watches.topic_id AND other.wallet_id = watches.wallet_id)
"""

# In one order for all writers, so that two of them never wait for each other.
LOCK_BOTH = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR UPDATE"

MOVE_SETTINGS = """
UPDATE chats SET settings = CASE WHEN chats.settings = '{}' THEN old.settings ELSE chats.settings END,
    tier = CASE WHEN chats.tier = 'free' THEN old.tier ELSE chats.tier END
FROM chats AS old WHERE chats.chat_id = $2 AND old.chat_id = $1
"""


async def saw_chat(database: Database, chat: Chat) -> None:
    """Store a chat in which somebody wrote, or its new title."""
    await database.execute(SEEN, chat.chat_id, chat.kind, chat.title)


async def reopen_chat(database: Database, chat_id: int) -> None:
    """Open a chat again; messages that waited while it was closed are not sent."""

    async def work(connection: Connection) -> None:
        if await connection.fetchval(REOPEN, chat_id):
            await end_waiting(connection, chat_id)

    await database.transaction(work)


async def close_chat(database: Database, chat_id: int, reason: str) -> None:
    """Close a chat, so that nothing is sent there, because of `reason`."""
    await database.execute(CLOSE, chat_id, reason)


async def migrate_chat(database: Database, *, old_id: int, new_id: int) -> None:
    """Let everything that names the old id of a group name its new id; what both have stays once."""

    async def work(connection: Connection) -> None:
        known = await connection.fetch(LOCK_BOTH, [old_id, new_id])  # waits for a fan-out that is under way
        if new_id not in {row["chat_id"] for row in known}:
            await connection.execute(
                "UPDATE chats SET chat_id = $2, kind = 'supergroup' WHERE chat_id = $1", old_id, new_id
            )
            return
        for statement in (MOVE_SETTINGS, MOVE_WATCHES):
            await connection.execute(statement, old_id, new_id)
        await move_messages(connection, old_id=old_id, new_id=new_id)
        await connection.execute("UPDATE questions SET chat_id = $2 WHERE chat_id = $1", old_id, new_id)
        await connection.execute("DELETE FROM chats WHERE chat_id = $1", old_id)

    if old_id != new_id:
        await database.transaction(work)
