"""Switches off webhooks whose owner is banned, or no longer an admin of the chat."""

from storage.postgres import Connection, Database
from storage.sql_files import read_statement
from storage.webhooks.closing import close_webhook

# Those of a banned group go with it.
ON = """
SELECT webhook_id FROM webhooks
WHERE off_at IS NULL AND CASE
    WHEN $2::bigint IS NULL THEN owner_id = $1 OR chat_id = $1 ELSE owner_id = $1 AND chat_id = $2 END
ORDER BY webhook_id
"""

DUE = read_statement(__name__, "DUE")


async def disable_webhooks_of(
    database: Database, owner_id: int, why: str, *, chat_id: int | None = None
) -> int:
    """Switch off the webhooks of a person, or of a banned group, and let their chats be notified; how many.

    Args:
        database: where they are stored.
        owner_id: whose they are.
        why: in words, for people.
        chat_id: of this chat alone; None: of all.
    """

    async def work(connection: Connection) -> int:
        rows = await connection.fetch(ON, owner_id, chat_id)
        return sum([await close_webhook(connection, row["webhook_id"], why) for row in rows])

    return await database.transaction(work)


async def due_owners(database: Database, *, older_than: float, limit: int) -> list[tuple[int, int]]:
    """Chat and owner of webhooks of groups and channels that nobody has checked recently; now they are.

    Args:
        database: where they are stored.
        older_than: seconds.
        limit: webhooks at most.
    """
    return [(row["chat_id"], row["owner_id"]) for row in await database.fetch(DUE, older_than, limit)]
