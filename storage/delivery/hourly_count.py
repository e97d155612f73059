"""How many alerts a chat was told one by one in this clock hour: counted for whoever has a limit."""

from collections.abc import Collection

from storage.postgres import Connection

# Whoever decides for a chat holds it until that is committed: two dispatchers together never tell it more.
HOLD = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR NO KEY UPDATE"

# A plan made while the table was empty would read all of it for every chat, until it is analyzed.
USE_INDEX = "SET LOCAL enable_seqscan = off"

COUNT = """
SELECT chat.chat_id, told.number FROM unnest($1::bigint[]) AS chat (chat_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM deliveries
    WHERE deliveries.chat_id = chat.chat_id AND gate = 'wanted'
      AND created_at >= date_trunc('hour', now()) OFFSET 0) AS told
"""


async def alerts_this_hour(connection: Connection, chats: Collection[int]) -> dict[int, int]:
    """The numbers of these chats, which nobody else decides for until the transaction ends."""
    if not chats:
        return {}
    asked = list(chats)
    await connection.execute(HOLD, asked)
    await connection.execute(USE_INDEX)
    return {row["chat_id"]: row["number"] for row in await connection.fetch(COUNT, asked)}
