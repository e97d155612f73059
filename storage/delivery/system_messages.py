"""The outbox of system messages: claims, marks before the call, results; and the deliveries they edit."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.activity.activity import Activity
from domain.delivery.deliveries import ClaimedDelivery
from domain.delivery.system_messages import (
    OutageSummary,
    SystemMessage,
    SystemMessageKind,
    SystemMessageTransition,
)
from domain.rules.lanes import Lane
from storage.postgres import Connection, Database, Row, affected

LEASE_SECONDS = 30.0
MARK_SECONDS = 90.0
"""The lease of a mark: longer than a call may take."""

CLAIMING = "SELECT pg_advisory_xact_lock(hashtext('claim system messages'))"

# Of one chat message only the first edit is claimed, and no second one beside it: an edit that came later
# must not be overwritten by one that knew less.
CLAIM = """
WITH due AS (
    SELECT system_message_id FROM system_messages AS mine
    WHERE state = 'pending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
      AND NOT EXISTS (
        SELECT FROM system_messages AS other
        WHERE other.chat_id = mine.chat_id AND other.message_id = mine.message_id
          AND other.system_message_id <> mine.system_message_id
          AND (other.lease_until > now()
               OR other.state = 'pending' AND other.system_message_id < mine.system_message_id))
    ORDER BY lane, due_at, system_message_id LIMIT $2
), claimed AS (
    UPDATE system_messages SET lease_owner = $1, lease_until = now() + make_interval(secs => $3)
    FROM due WHERE system_messages.system_message_id = due.system_message_id RETURNING system_messages.*
)
SELECT claimed.*, began_at, ended_at, gaps, blocks, unread,
       coalesce((SELECT max(system_message_id) FROM system_messages AS same
                 WHERE same.chat_id = claimed.chat_id AND same.message_id = claimed.message_id),
                claimed.system_message_id) AS upto_id
FROM claimed LEFT JOIN outages USING (outage_id)
ORDER BY claimed.lane, claimed.due_at, claimed.system_message_id
"""

# A message that was marked already is marked again if the answer to the first mark did not come.
MARK = """
UPDATE system_messages SET state = 'sending', attempts = attempts + 1,
    lease_until = now() + make_interval(secs => $3)
FROM chats
WHERE system_message_id = $2 AND lease_owner = $1 AND lease_until > now() AND state IN ('pending', 'sending')
  AND chats.chat_id = system_messages.chat_id AND chats.closed_at IS NULL
RETURNING system_message_id
"""

# An edit shows all that is known of its message, so it finishes the other edits of the same message, too.
RECORD_RESULT = """
UPDATE system_messages SET state = $5, error = $7,
    kind = CASE WHEN system_message_id = $2 THEN $6 ELSE kind END,
    ambiguous_sends = ambiguous_sends
        + CASE WHEN system_message_id = $2 AND $5 = 'ambiguous' THEN 1 ELSE 0 END,
    due_at = now() + make_interval(secs => $8), lease_owner = NULL, lease_until = NULL,
    attempts = attempts - CASE WHEN system_message_id = $2 AND $9 THEN 1 ELSE 0 END,
    finished_at = CASE WHEN $5 <> 'pending' THEN now() END
WHERE (system_message_id = $2 AND lease_owner = $1 AND state = 'sending')
   OR ($5 IN ('sent', 'dead') AND $6 = 'edit' AND kind = 'edit' AND state = 'pending'
       AND chat_id = $3 AND message_id = $10 AND system_message_id <= $4)
"""

RELEASE = """
UPDATE system_messages SET lease_owner = NULL, lease_until = NULL,
    due_at = CASE WHEN $3 > 0 THEN now() + make_interval(secs => $3) ELSE due_at END
WHERE system_message_id = ANY($2::bigint[]) AND lease_owner = $1 AND state = 'pending'
"""

# A sender died between its mark and its record. An edit may be repeated; of a line nobody knows whether the
# chat has it.
RECOVER = """
UPDATE system_messages SET state = CASE kind WHEN 'edit' THEN 'pending' ELSE 'ambiguous' END,
    ambiguous_sends = ambiguous_sends + 1,
    finished_at = CASE kind WHEN 'edit' THEN NULL ELSE now() END,
    lease_owner = NULL, lease_until = NULL, error = 'the sender ended before the answer came'
WHERE state = 'sending' AND lease_until < now()
"""

CLOSE = """
UPDATE system_messages SET state = 'dead', error = 'chat closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM chats
WHERE state = 'pending' AND chats.chat_id = system_messages.chat_id AND chats.closed_at IS NOT NULL
"""

_COLUMNS = """
SELECT deliveries.delivery_id, deliveries.alert_id, deliveries.chat_id, deliveries.topic_id,
       deliveries.watch_id, coalesce(watches.label, '') AS label, alerts.payload, deliveries.attempts,
       deliveries.ambiguous_sends, alerts.block_time AS happened_at, alerts.created_at, deliveries.reasons,
       deliveries.digest_id, deliveries.lane, deliveries.send_alone, deliveries.finished_at AS sent_at,
       alerts.reverted_at IS NOT NULL AS reverted
FROM deliveries JOIN alerts USING (alert_id) LEFT JOIN watches ON watches.watch_id = deliveries.watch_id
"""
OF_MESSAGE = f"""{_COLUMNS} WHERE deliveries.chat_id = $1 AND deliveries.message_id = $2
AND deliveries.state = 'sent' ORDER BY deliveries.delivery_id
"""
OF_DELIVERY = f"{_COLUMNS} WHERE deliveries.delivery_id = $1"


async def claim_system_messages(database: Database, *, owner: str, limit: int) -> list[SystemMessage]:
    """Take the right to send up to `limit` due messages until a lease ends, by lane."""

    async def work(connection: Connection) -> list[Row]:
        await connection.execute(CLAIMING)
        return await connection.fetch(CLAIM, owner, limit, LEASE_SECONDS)

    return [_message(row) for row in await database.transaction(work)]


async def mark_system_message(database: Database, system_message_id: int, *, owner: str) -> bool:
    """Commit that it is being sent now; false: its chat was closed, or the claim has ended."""
    return await database.fetchval(MARK, owner, system_message_id, MARK_SECONDS) is not None


async def record_system_message(
    database: Database,
    message: SystemMessage,
    transition: SystemMessageTransition,
    *,
    owner: str,
    retry_after_given: bool = False,
) -> None:
    """Record what became of a marked one, and of those that the same edit includes."""
    await database.execute(
        RECORD_RESULT,
        owner,
        message.system_message_id,
        message.chat_id,
        message.upto_id,
        transition.state.value,
        transition.kind.value,
        transition.error,
        transition.wait,
        retry_after_given,
        message.message_id,
    )


async def release_system_messages(
    database: Database, ids: Sequence[int], *, owner: str, wait: float = 0.0
) -> None:
    """Give back claims of messages that were not sent; they are due again after `wait` seconds."""
    await database.execute(RELEASE, owner, list(ids), wait)


async def recover_system_messages(database: Database) -> int:
    """Take back what dead senders had marked; how many there were."""
    return affected(await database.execute(RECOVER))


async def close_system_messages(database: Database) -> int:
    """End messages to chats that were closed; how many there were."""
    return affected(await database.execute(CLOSE))


async def deliveries_of_message(
    database: Database, *, chat_id: int, message_id: int
) -> list[ClaimedDelivery]:
    """All deliveries that a chat message shows, in order, as they stand now; a digest counts as one."""
    return [_delivery(row) for row in await database.fetch(OF_MESSAGE, chat_id, message_id)]


async def delivery_by_id(database: Database, delivery_id: int) -> ClaimedDelivery | None:
    """One delivery as it stands now; None: retention deleted it."""
    row = await database.fetchrow(OF_DELIVERY, delivery_id)
    return None if row is None else _delivery(row)


_FIELDS = (
    "system_message_id",
    "chat_id",
    "topic_id",
    "message_id",
    "delivery_id",
    "upto_id",
    "attempts",
)


def _message(row: Row) -> SystemMessage:
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    kind = SystemMessageKind(row["kind"])
    summary = _summary(row) if kind is SystemMessageKind.OUTAGE else None
    return SystemMessage(kind=kind, lane=Lane(row["lane"]), outage=summary, **values)


def _summary(row: Row) -> OutageSummary:
    return OutageSummary(
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        gaps=row["gaps"],
        blocks=row["blocks"],
        unread=row["unread"],
        events=row["events"],
    )


def _delivery(row: Row) -> ClaimedDelivery:
    values = dict(row)
    activity = msgspec.json.decode(values.pop("payload"), type=Activity)
    return ClaimedDelivery(activity=activity, lane=Lane(values.pop("lane")), **values)
