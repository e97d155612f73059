"""What people do with pushes by hand: try a webhook, look at what was pushed, and push it once more."""

from dataclasses import dataclass
from datetime import datetime

from domain.delivery.deliveries import DeliveryKind, DeliveryState
from storage.postgres import Database

TEST = """
INSERT INTO deliveries (kind, chat_id, channel, address)
SELECT 'push_test', chat_id, 'webhook', webhook_id::text FROM webhooks
WHERE chat_id = $1 AND webhook_id = $2 AND off_at IS NULL RETURNING delivery_id
"""
# The number stays, and so does the id by which the receiver knows it.
REPLAY = """
UPDATE deliveries SET state = 'retry', attempts = 0, due_at = now(), finished_at = NULL
FROM webhooks WHERE webhooks.webhook_id = $2 AND webhooks.chat_id = $1 AND off_at IS NULL
  AND deliveries.channel = 'webhook' AND deliveries.address = webhooks.webhook_id::text
  AND delivery_id = $3 AND state IN ('sent', 'dead', 'retry')
  AND (alert_id IS NULL OR EXISTS (SELECT FROM alerts WHERE alerts.alert_id = deliveries.alert_id))
RETURNING delivery_id
"""
LIST = """
SELECT mine.delivery_id, mine.kind, coalesce(mine.alert_id, corrected.alert_id) AS alert_id, mine.state,
       mine.attempts, mine.error, mine.due_at, mine.created_at, mine.finished_at
FROM deliveries AS mine LEFT JOIN deliveries AS corrected ON corrected.delivery_id = mine.corrects_id
WHERE mine.channel = 'webhook' AND mine.address = $2::bigint::text AND mine.chat_id = $1
  AND mine.delivery_id < $3
ORDER BY mine.delivery_id DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRecord:
    """What became of one push."""

    delivery_id: int
    kind: DeliveryKind
    alert_id: int | None
    state: DeliveryState
    attempts: int
    error: str | None
    """Of the last try, without secrets."""
    due_at: datetime
    """When it is tried next, where it waits."""
    created_at: datetime
    finished_at: datetime | None


async def push_test(database: Database, *, chat_id: int, webhook_id: int) -> int | None:
    """Push a test; the number of its delivery, or None: the chat has no such webhook that is on."""
    number: int | None = await database.fetchval(TEST, chat_id, webhook_id)
    return number


async def replay(database: Database, *, chat_id: int, webhook_id: int, delivery_id: int) -> bool:
    """Push something once more by the same id; False: there is none, or its webhook is off."""
    return await database.fetchval(REPLAY, chat_id, webhook_id, delivery_id) is not None


async def pushes_of(
    database: Database, *, chat_id: int, webhook_id: int, before: int, limit: int
) -> list[PushRecord]:
    """What was pushed to a webhook of a chat, the latest first: deliveries numbered below `before`."""
    rows = await database.fetch(LIST, chat_id, webhook_id, before, limit)
    return [
        PushRecord(**{**dict(row), "kind": DeliveryKind(row["kind"]), "state": DeliveryState(row["state"])})
        for row in rows
    ]
