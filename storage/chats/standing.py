"""Whether a chat is open, and otherwise why nothing is sent there."""

from domain.chats import Chat, ChatStanding
from storage.postgres import Database

STANDING = """
SELECT closed_reason, closed_at, suspended_reason, suspended_at, suspended_until FROM chats
WHERE chat_id = $1 AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)
"""

IS_OPEN = """
SELECT EXISTS (SELECT FROM chats WHERE chat_id = $1 AND kind = $2 AND title = $3 AND closed_at IS NULL)
"""


async def chat_standing(database: Database, chat_id: int) -> ChatStanding | None:
    """Why nothing is sent to a chat, and since when; None: it is open, or unknown."""
    row = await database.fetchrow(STANDING, chat_id)
    if row is None:
        return None
    if row["closed_at"] is not None:
        return ChatStanding(reason=row["closed_reason"] or "", since=row["closed_at"])
    return ChatStanding(
        reason=row["suspended_reason"], since=row["suspended_at"], next_try_at=row["suspended_until"]
    )


async def is_open(database: Database, chat: Chat) -> bool:
    """Return whether a chat is known as it is, and not closed."""
    return bool(await database.fetchval(IS_OPEN, chat.chat_id, chat.kind, chat.title))
