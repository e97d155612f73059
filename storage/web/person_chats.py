"""The groups and channels where somebody was seen: where they wrote, follow wallets, pay or have a key."""

from domain.chats import ChatKind, ChatTarget
from storage.postgres import Database

MAX_CHATS = 30

# Each part reads an index by the person.
CHATS = """
SELECT chat_id, kind, title FROM chats WHERE kind <> 'private' AND chat_id IN (
    SELECT chat_id FROM chats WHERE payer_id = $1
    UNION SELECT chat_id FROM api_keys WHERE owner_id = $1
    UNION SELECT chat_id FROM watches WHERE created_by = $1
    UNION SELECT chat_id FROM updates WHERE user_id = $1 AND is_request)
ORDER BY lower(title), chat_id LIMIT $2
"""


async def chats_of_person(database: Database, user_id: int) -> list[ChatTarget]:
    """Where they may be, by title; what they are there Telegram alone knows."""
    return [
        ChatTarget(chat_id=row["chat_id"], kind=ChatKind(row["kind"]), title=row["title"])
        for row in await database.fetch(CHATS, user_id, MAX_CHATS)
    ]
