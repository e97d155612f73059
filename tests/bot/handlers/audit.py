"""What the audit log holds."""

from storage.postgres import Database


async def acts(database: Database) -> list[tuple[int, str, str]]:
    """Return who asked, what, and what became of it."""
    rows = await database.fetch("SELECT actor_id, act, outcome FROM audit_log ORDER BY audit_id")
    return [(row["actor_id"], row["act"], row["outcome"]) for row in rows]
