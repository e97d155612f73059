"""The number of single alerts of a chat in this clock hour, for chats that have a limit."""

from collections.abc import Collection

from storage.postgres import Connection

# The chats stay locked until the decisions are committed, so that two dispatchers together do not exceed a
# limit.
LOCK = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR NO KEY UPDATE"

# A plan that was made while the table was empty reads all of it for every chat, until the table is analyzed.
USE_INDEX = "SET LOCAL enable_seqscan = off"

# OFFSET 0 keeps the planner from joining all deliveries of the hour first; this way it counts by index, chat
# by chat.
COUNT = """
SELECT chat.chat_id, wanted.number FROM unnest($1::bigint[]) AS chat (chat_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM deliveries
    WHERE deliveries.chat_id = chat.chat_id AND gate = 'wanted'
      AND created_at >= date_trunc('hour', now()) OFFSET 0) AS wanted
"""


async def alerts_this_hour(connection: Connection, chats: Collection[int]) -> dict[int, int]:
    """The numbers of these chats; no other dispatcher decides for them until this transaction ends."""
    if not chats:
        return {}
    asked = list(chats)
    await connection.execute(LOCK, asked)
    await connection.execute(USE_INDEX)
    return {row["chat_id"]: row["number"] for row in await connection.fetch(COUNT, asked)}
