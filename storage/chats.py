"""Chats: who may be written to, and where a group has moved."""

from dataclasses import dataclass

from storage.postgres import Connection, Database

SEEN = """
INSERT INTO chats (chat_id, kind, title) VALUES ($1, $2, $3)
ON CONFLICT (chat_id) DO UPDATE SET kind = excluded.kind, title = excluded.title
WHERE (chats.kind, chats.title) IS DISTINCT FROM (excluded.kind, excluded.title)
"""

REOPEN = (
    "UPDATE chats SET closed_reason = NULL, closed_at = NULL WHERE chat_id = $1 AND closed_at IS NOT NULL"
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A private chat, group or channel."""

    chat_id: int
    kind: str
    """private, group, supergroup or channel."""
    title: str
    """The person's or the group's name, as Telegram says it: hostile until escaped."""


async def saw_chat(database: Database, chat: Chat) -> None:
    """Note that somebody wrote in this chat."""
    await database.execute(SEEN, chat.chat_id, chat.kind, chat.title)


async def reopen_chat(database: Database, chat_id: int) -> None:
    """The chat may be written to again; nothing old is sent."""
    await database.execute(REOPEN, chat_id)


async def close_chat(database: Database, chat_id: int, reason: str) -> None:
    """Nothing is sent to this chat any more, because of `reason`."""
    await database.execute(CLOSE, chat_id, reason)


async def migrate_chat(database: Database, *, old_id: int, new_id: int) -> None:
    """The group got a new id: everything that names the old one names the new one, once."""

    async def work(connection: Connection) -> None:
        taken = await connection.fetchval("SELECT 1 FROM chats WHERE chat_id = $1", new_id)
        if taken is None:
            await connection.execute(
                "UPDATE chats SET chat_id = $2, kind = 'supergroup' WHERE chat_id = $1", old_id, new_id
            )
            return
        for statement in (MOVE_WATCHES, MOVE_DELIVERIES):
            await connection.execute(statement, old_id, new_id)
        await connection.execute("UPDATE questions SET chat_id = $2 WHERE chat_id = $1", old_id, new_id)
        await connection.execute("DELETE FROM chats WHERE chat_id = $1", old_id)

    if old_id != new_id:
        await database.transaction(work)
