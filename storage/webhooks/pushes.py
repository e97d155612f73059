"""Manual actions on pushes: test a webhook, list its pushes, and push again."""

from dataclasses import dataclass
from datetime import datetime

from domain.delivery.deliveries import DeliveryKind, DeliveryState
from domain.errors import BadInput
from storage.postgres import Connection, Database
from storage.sql_files import read_statement

TEST = """
INSERT INTO deliveries (kind, chat_id, channel, address)
SELECT 'push_test', chat_id, 'webhook', webhook_id::text FROM webhooks
WHERE chat_id = $1 AND webhook_id = $2 AND off_at IS NULL
ON CONFLICT DO NOTHING RETURNING delivery_id
"""
# Whoever answers late would otherwise have tests without end under way.
OPEN_TEST = """
SELECT delivery_id FROM deliveries JOIN webhooks ON webhook_id = $2 AND webhooks.chat_id = $1
WHERE kind = 'push_test' AND state IN ('pending', 'retry', 'sending') AND address = webhook_id::text
  AND off_at IS NULL
"""
# A correction is of the alert of what it corrects. While the lock lasts no alert becomes one that never was.
LOCK_ALERT = """
SELECT FROM alerts WHERE alert_id = (
    SELECT coalesce(mine.alert_id, corrected.alert_id)
    FROM deliveries AS mine LEFT JOIN deliveries AS corrected ON corrected.delivery_id = mine.corrects_id
    WHERE mine.delivery_id = $1)
FOR SHARE
"""
CONTENT = read_statement(__name__, "CONTENT")
REPLAY = read_statement(__name__, "REPLAY")
LIST = """
SELECT mine.delivery_id, mine.kind, coalesce(mine.alert_id, corrected.alert_id) AS alert_id, mine.state,
       mine.attempts, mine.error, mine.due_at, mine.created_at, mine.finished_at
FROM deliveries AS mine LEFT JOIN deliveries AS corrected ON corrected.delivery_id = mine.corrects_id
WHERE mine.channel = 'webhook' AND mine.address = $2::bigint::text AND mine.chat_id = $1
  AND mine.delivery_id < $3
ORDER BY mine.delivery_id DESC LIMIT $4
"""

_REVERTED = "This never happened: the block of the alert has died, so it is not pushed again."
_FORGOTTEN = "What this push told is kept no longer, so it cannot be pushed again."


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
    """Push a test, unless one is open; its number, or None: the chat has no such webhook that is on.

    Args:
        database: two statements; a test that ends between them is followed by none.
        chat_id: whose webhook.
        webhook_id: any number; it counts only as a webhook of `chat_id`.
    """
    number: int | None = await database.fetchval(TEST, chat_id, webhook_id)
    return number or await database.fetchval(OPEN_TEST, chat_id, webhook_id)


async def replay(database: Database, *, chat_id: int, webhook_id: int, delivery_id: int) -> bool:
    """Push something once more by the same id; False: there is none, it is under way, or its webhook is off.

    Args:
        database: one transaction, which locks the alert, so that it is not reverted meanwhile.
        chat_id: whose webhook and push.
        webhook_id: any number; it counts only as a webhook of `chat_id`.
        delivery_id: any number; it counts only as a push to that webhook.

    Raises:
        BadInput: it tells what never happened, or what is kept no longer.
    """

    async def work(connection: Connection) -> bool:
        await connection.execute(LOCK_ALERT, delivery_id)
        pushed = await connection.fetchrow(CONTENT, delivery_id)
        if pushed is None or await connection.fetchval(REPLAY, chat_id, webhook_id, delivery_id) is None:
            return False
        if pushed["is_reverted"] is None:
            raise BadInput(_FORGOTTEN)
        if pushed["is_reverted"]:
            raise BadInput(_REVERTED)
        return True

    return await database.transaction(work)


async def pushes_of(
    database: Database, *, chat_id: int, webhook_id: int, before: int, limit: int
) -> list[PushRecord]:
    """Return what was pushed to a webhook of a chat, the latest first: deliveries numbered below `before`.

    Args:
        database: it is only read.
        chat_id: who asks.
        webhook_id: a webhook that is deleted may be asked about as long as its pushes are kept.
        before: a delivery id, exclusive: the last one of the page before.
        limit: how many at most.
    """
    rows = await database.fetch(LIST, chat_id, webhook_id, before, limit)
    return [
        PushRecord(**{**dict(row), "kind": DeliveryKind(row["kind"]), "state": DeliveryState(row["state"])})
        for row in rows
    ]
