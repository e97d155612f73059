"""People who may not use the bot."""

from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Database

BAN = """
INSERT INTO bans (user_id, reason, banned_by) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, banned_by = excluded.banned_by
"""


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
