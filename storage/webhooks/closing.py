"""Webhooks that are switched off without being asked to, since nothing reaches their receivers."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from domain.delivery.deliveries import DeliveryKind
from domain.webhooks import (
    MIN_TRIES_OFF,
    NO_SUCCESS,
    OFF_AFTER_DAYS,
)
from storage.postgres import Connection, Database
from storage.webhooks.webhooks import END_PUSHES, SWITCH_OFF

TELL_CHAT = "INSERT INTO deliveries (kind, chat_id, lane, reasons) VALUES ($1, $2, 2, $3)"

WITHOUT_SUCCESS = """
SELECT webhook_id FROM webhooks
WHERE webhook_id = ANY($1::bigint[]) AND off_at IS NULL AND failing_since < now() - $2::interval
  AND failures >= $3
ORDER BY webhook_id
"""

# Its last pushes have ended, so no further try says how it does. Where one waits or is under way, it will.
# One lookup in the index for each: read as a join, all that waits might be read for few of them.
WITHOUT_TRIES = """
SELECT webhook_id FROM webhooks
WHERE off_at IS NULL AND failing_since < now() - $1::interval AND failures >= $2
  AND (SELECT address FROM deliveries WHERE channel = 'webhook' AND state IN ('pending', 'retry')
         AND address = webhooks.webhook_id::text LIMIT 1) IS NULL
  AND (SELECT address FROM deliveries WHERE channel = 'webhook' AND lease_owner IS NOT NULL
         AND address = webhooks.webhook_id::text LIMIT 1) IS NULL
ORDER BY webhook_id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED
"""


async def close_webhook(connection: Connection, webhook_id: int, why: str) -> bool:
    """Switch a webhook off without being asked to, and let its chat be notified; whether it was on.

    Args:
        connection: in a transaction.
        webhook_id: which.
        why: in words, for people.
    """
    row = await connection.fetchrow(SWITCH_OFF, webhook_id, why)
    if row is None:
        return False
    await connection.execute(END_PUSHES, str(webhook_id))
    about = msgspec.json.encode({"webhook_id": webhook_id, "host": row["host"], "why": why}).decode()
    await connection.execute(TELL_CHAT, DeliveryKind.WEBHOOK_OFF.value, row["chat_id"], about)
    return True


async def close_without_success(connection: Connection, webhook_ids: Sequence[int]) -> int:
    """Switch off those of these webhooks that have had no success for too long; how many."""
    since = timedelta(days=OFF_AFTER_DAYS)
    rows = await connection.fetch(WITHOUT_SUCCESS, list(webhook_ids), since, MIN_TRIES_OFF)
    return sum([await close_webhook(connection, row["webhook_id"], NO_SUCCESS) for row in rows])


async def close_without_tries(database: Database) -> int:
    """Switch off those that have had no success for too long, and for which nothing waits; how many."""

    async def work(connection: Connection) -> int:
        rows = await connection.fetch(WITHOUT_TRIES, timedelta(days=OFF_AFTER_DAYS), MIN_TRIES_OFF)
        return sum([await close_webhook(connection, row["webhook_id"], NO_SUCCESS) for row in rows])

    return await database.transaction(work)
