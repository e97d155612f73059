"""People: who may not use the bot, and what is stored of a chat until its deletion is asked for."""

from dataclasses import dataclass
from datetime import datetime

from domain.people import PersonFile
from storage.postgres import Connection, Database

FILE = """
SELECT chat_id, kind, title, tier, created_at, closed_reason, closed_at,
       (SELECT count(*) FROM watches WHERE watches.chat_id = chats.chat_id) AS watches,
       (SELECT count(*) FROM updates WHERE updates.chat_id = chats.chat_id
           AND received_at > now() - interval '1 day') AS updates_of_day,
       (SELECT max(received_at) FROM updates WHERE updates.chat_id = chats.chat_id) AS last_update_at,
       (SELECT count(*) FROM deliveries WHERE deliveries.chat_id = chats.chat_id AND state = 'sent'
           AND finished_at > now() - interval '1 day') AS sent_of_day,
       (SELECT count(*) FROM deliveries WHERE deliveries.chat_id = chats.chat_id
           AND state IN ('pending', 'retry', 'sending', 'deferred')) AS waiting
FROM chats WHERE chat_id = $1
"""

SET_TIER = """
UPDATE chats SET tier = $2 FROM chats AS old
WHERE chats.chat_id = $1 AND old.chat_id = $1 RETURNING old.tier
"""

FORGET = (
    "DELETE FROM chats WHERE chat_id = $1",  # watches, deliveries and questions go with it
    "DELETE FROM updates WHERE chat_id = $1 AND state IN ('done', 'failed', 'limited')",
)
BAN = """
INSERT INTO bans (user_id, reason, banned_by) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, banned_by = excluded.banned_by
"""


async def person_file(database: Database, chat_id: int) -> PersonFile | None:
    """What is stored of the chat; None: it is not known."""
    row = await database.fetchrow(FILE, chat_id)
    return None if row is None else PersonFile(**dict(row))


async def set_tier(database: Database, chat_id: int, tier: str) -> str | None:
    """Set the tier of a chat; the tier before, or None: the chat is not known."""
    before: str | None = await database.fetchval(SET_TIER, chat_id, tier)
    return before


async def tier_of(database: Database, chat_id: int) -> str | None:
    """The tier of a chat; None: it is not known."""
    tier: str | None = await database.fetchval("SELECT tier FROM chats WHERE chat_id = $1", chat_id)
    return tier


async def forget_chat(database: Database, chat_id: int) -> None:
    """Delete everything that is stored of a chat, with the messages that wait for it.

    The update that asks for it is still being handled; retention deletes it later.
    """

    async def work(connection: Connection) -> None:
        for statement in FORGET:
            await connection.execute(statement, chat_id)

    await database.transaction(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """One of them."""

    user_id: int
    reason: str
    banned_by: int
    banned_at: datetime


async def ban(database: Database, *, user_id: int, reason: str, by: int) -> None:
    """Ban a person, or change the reason of a ban."""
    await database.execute(BAN, user_id, reason, by)


async def unban(database: Database, user_id: int) -> bool:
    """End the ban of a person; whether there was one."""
    return (
        await database.fetchval("DELETE FROM bans WHERE user_id = $1 RETURNING user_id", user_id) is not None
    )


async def bans(database: Database) -> dict[int, Ban]:
    """All bans, by user."""
    rows = await database.fetch("SELECT user_id, reason, banned_by, banned_at FROM bans")
    return {row["user_id"]: Ban(**dict(row)) for row in rows}
