"""What became of each alert for a chat, unwanted ones included; for programs: read only."""

from dataclasses import dataclass
from datetime import datetime

from domain.rules.gates import Reasons, read_reasons
from storage.postgres import Database, Row

_COLUMNS = """
SELECT delivery_id, alert_id, state, gate, reasons, attempts, message_id, created_at, finished_at
FROM deliveries
"""
_OF_ALERTS = "kind IN ('alert', 'living', 'living_edit') AND channel = 'telegram' AND gate IS NOT NULL"

PAGE = f"""{_COLUMNS}
WHERE chat_id = $1 AND topic_id = $2 AND delivery_id < $3 AND {_OF_ALERTS}
ORDER BY delivery_id DESC LIMIT $4
"""
ONE = f"{_COLUMNS} WHERE delivery_id = $1 AND chat_id = $2 AND {_OF_ALERTS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDelivery:
    """What became of an alert for one chat."""

    delivery_id: int
    alert_id: int
    state: str
    gate: str
    attempts: int
    message_id: int | None
    created_at: datetime
    finished_at: datetime | None
    reasons: Reasons


async def chat_deliveries(
    database: Database, *, chat_id: int, topic_id: int, before: int, limit: int
) -> list[ChatDelivery]:
    """Those of a chat and topic numbered below `before`, the latest first.

    Args:
        database: it is only read.
        chat_id: whose deliveries.
        topic_id: only those to this one; 0: to the chat itself.
        before: a delivery id, exclusive: the last one of the page before.
        limit: how many at most.
    """
    return [_delivery(row) for row in await database.fetch(PAGE, chat_id, topic_id, before, limit)]


async def chat_delivery(database: Database, *, delivery_id: int, chat_id: int) -> ChatDelivery | None:
    """One of them; None: the chat has none of that number.

    Args:
        database: it is only read.
        delivery_id: any number; it counts only as a delivery of `chat_id`.
        chat_id: who asks.
    """
    row = await database.fetchrow(ONE, delivery_id, chat_id)
    return None if row is None else _delivery(row)


def _delivery(row: Row) -> ChatDelivery:
    known = dict(row)
    return ChatDelivery(**{**known, "reasons": read_reasons(known["reasons"])})
