"""Daily summary of suppressed spam, for each chat that wants it."""

import json
from datetime import datetime

from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from domain.rules.quiet import next_spam_line
from domain.rules.spam import SPAM_GATES
from storage.chats.rules import settings_or_default
from storage.postgres import Connection, Database, Row, columns

BATCH = 200

# SKIP LOCKED: another dispatcher may be at work for a chat.
DUE = """
SELECT chat_id, settings, now() AS now FROM chats WHERE spam_line_at <= now()
ORDER BY spam_line_at LIMIT $1 FOR UPDATE SKIP LOCKED
"""

# ruff: noqa: S608 - the part put in are names of gates
# The gates stand in the text, as in the index deliveries_silent, which would not be used otherwise.
COUNT = f"""
SELECT chat_id, gate, count(*) AS number FROM deliveries
WHERE chat_id = ANY($1::bigint[]) AND created_at > now() - interval '1 day'
  AND gate IN ({", ".join(f"'{gate}'" for gate in SPAM_GATES)})
GROUP BY chat_id, gate ORDER BY chat_id, count(*) DESC, gate
"""

NEXT = """
UPDATE chats SET spam_line_at = new.at FROM unnest($1::bigint[], $2::timestamptz[]) AS new (chat_id, at)
WHERE chats.chat_id = new.chat_id
"""

ADDRESS = """
INSERT INTO deliveries (kind, chat_id, lane, reasons)
SELECT $3, chat_id, $4::smallint, counts FROM unnest($1::bigint[], $2::jsonb[]) AS new (chat_id, counts)
"""


async def count_spam(database: Database, *, limit: int = BATCH) -> int:
    """Make the lines that are due; where nothing was silent there is none. How many chats were considered."""

    async def work(connection: Connection) -> int:
        due = await connection.fetch(DUE, limit)
        if not due:
            return 0
        chats = [row["chat_id"] for row in due]
        counts: dict[int, dict[str, int]] = {}
        for row in await connection.fetch(COUNT, chats):
            counts.setdefault(row["chat_id"], {})[row["gate"]] = row["number"]
        await connection.execute(NEXT, *columns([(row["chat_id"], _next(row)) for row in due], 2))
        lines = [(chat_id, json.dumps(by_gate)) for chat_id, by_gate in counts.items()]
        kind = DeliveryKind.SPAM_LINE
        await connection.execute(ADDRESS, *columns(lines, 2), kind.value, KIND_RULES[kind].lane.value)
        return len(due)

    return await database.transaction(work)


def _next(row: Row) -> datetime | None:
    return next_spam_line(settings_or_default(row["settings"], chat_id=row["chat_id"]), row["now"])
