"""Notices: claimed, marked before the call, settled; their messages as they were told."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.activity.activity import Activity
from domain.delivery.deliveries import Claimed
from domain.delivery.system_messages import Blind, Notice, NoticeKind, Settled
from domain.rules.lanes import Lane
from storage.postgres import Connection, Database, Row, affected

LEASE_SECONDS = 30.0
MARK_SECONDS = 90.0
"""How long a mark holds: longer than a send may take."""

CLAIMING = "SELECT pg_advisory_xact_lock(hashtext('claim notices'))"

# Of a message one at a time, and its first: what is edited later says what is known later.
CLAIM = """
WITH due AS (
    SELECT notice_id FROM notices AS mine
    WHERE state = 'pending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
      AND NOT EXISTS (
        SELECT FROM notices AS other
        WHERE other.chat_id = mine.chat_id AND other.message_id = mine.message_id
          AND other.notice_id <> mine.notice_id
          AND (other.lease_until > now() OR other.state = 'pending' AND other.notice_id < mine.notice_id))
    ORDER BY lane, due_at, notice_id LIMIT $2
), claimed AS (
    UPDATE notices SET lease_owner = $1, lease_until = now() + make_interval(secs => $3)
    FROM due WHERE notices.notice_id = due.notice_id RETURNING notices.*
)
SELECT claimed.*, began_at, ended_at, spells, blocks, unread,
       coalesce((SELECT max(notice_id) FROM notices AS same
                 WHERE same.chat_id = claimed.chat_id AND same.message_id = claimed.message_id),
                claimed.notice_id) AS upto_id
FROM claimed LEFT JOIN outages USING (outage_id)
ORDER BY claimed.lane, claimed.due_at, claimed.notice_id
"""

MARK = """
UPDATE notices SET state = 'sending', attempts = attempts + 1,
    lease_until = now() + make_interval(secs => $3)
FROM chats
WHERE notice_id = $2 AND lease_owner = $1 AND lease_until > now() AND state IN ('pending', 'sending')
  AND chats.chat_id = notices.chat_id AND chats.closed_at IS NULL
RETURNING notice_id
"""

# An edit has said what the others of its message would say.
SETTLE = """
UPDATE notices SET state = $5, kind = CASE WHEN notice_id = $2 THEN $6 ELSE kind END, error = $7,
    due_at = now() + make_interval(secs => $8), lease_owner = NULL, lease_until = NULL,
    attempts = attempts - CASE WHEN notice_id = $2 AND $9 THEN 1 ELSE 0 END,
    settled_at = CASE WHEN $5 <> 'pending' THEN now() END
WHERE (notice_id = $2 AND lease_owner = $1 AND state = 'sending')
   OR ($5 IN ('sent', 'dead') AND $6 = 'edit' AND kind = 'edit' AND state = 'pending'
       AND chat_id = $3 AND message_id = $10 AND notice_id <= $4)
"""

RELEASE = """
UPDATE notices SET lease_owner = NULL, lease_until = NULL,
    due_at = CASE WHEN $3 > 0 THEN now() + make_interval(secs => $3) ELSE due_at END
WHERE notice_id = ANY($2::bigint[]) AND lease_owner = $1 AND state = 'pending'
"""

# Who died between the mark and the note: an edit is repeated, of a line nobody can tell.
RECOVER = """
UPDATE notices SET state = CASE kind WHEN 'edit' THEN 'pending' ELSE 'unknown' END,
    settled_at = CASE kind WHEN 'edit' THEN NULL ELSE now() END,
    lease_owner = NULL, lease_until = NULL, error = 'the sender ended before the answer came'
WHERE state = 'sending' AND lease_until < now()
"""

CLOSE = """
UPDATE notices SET state = 'dead', error = 'chat closed', settled_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM chats
WHERE state = 'pending' AND chats.chat_id = notices.chat_id AND chats.closed_at IS NOT NULL
"""

_COLUMNS = """
SELECT deliveries.delivery_id, deliveries.alert_id, deliveries.chat_id, deliveries.topic_id,
       deliveries.watch_id, coalesce(watches.label, '') AS label, alerts.payload, deliveries.attempts,
       deliveries.repeats, alerts.block_time AS happened_at, alerts.created_at, deliveries.reasons,
       deliveries.digest_id, deliveries.lane, deliveries.alone, deliveries.settled_at AS told_at,
       alerts.reverted_at IS NOT NULL AS reverted
FROM deliveries JOIN alerts USING (alert_id) LEFT JOIN watches ON watches.watch_id = deliveries.watch_id
"""
OF_MESSAGE = f"""{_COLUMNS} WHERE deliveries.chat_id = $1 AND deliveries.message_id = $2
AND deliveries.state = 'sent' ORDER BY deliveries.delivery_id
"""
OF_DELIVERY = f"{_COLUMNS} WHERE deliveries.delivery_id = $1"


async def claim_notices(database: Database, *, owner: str, most: int) -> list[Notice]:
    """Take the right to tell up to `most` notices that are due, until a lease ends; by lane."""

    async def work(connection: Connection) -> list[Row]:
        await connection.execute(CLAIMING)
        return await connection.fetch(CLAIM, owner, most, LEASE_SECONDS)

    return [_notice(row) for row in await database.transaction(work)]


async def mark_notice(database: Database, notice_id: int, *, owner: str) -> bool:
    """Commit that it is being told now; false: it may not be, its chat was closed or the claim has ended."""
    return await database.fetchval(MARK, owner, notice_id, MARK_SECONDS) is not None


async def settle_notice_row(
    database: Database, notice: Notice, settled: Settled, *, owner: str, told_to_wait: bool = False
) -> None:
    """Note what became of a marked one, and of those that the same edit has told."""
    await database.execute(
        SETTLE,
        owner,
        notice.notice_id,
        notice.chat_id,
        notice.upto_id,
        settled.state.value,
        settled.kind.value,
        settled.error,
        settled.wait,
        told_to_wait,
        notice.message_id,
    )


async def release_notices(
    database: Database, notice_ids: Sequence[int], *, owner: str, wait: float = 0.0
) -> None:
    """Give back claims that were not used; they are due again after `wait` seconds."""
    await database.execute(RELEASE, owner, list(notice_ids), wait)


async def recover_notices(database: Database) -> int:
    """Take back what dead senders had marked; how many there were."""
    return affected(await database.execute(RECOVER))


async def close_notices(database: Database) -> int:
    """End what waits for chats that were closed; how many there were."""
    return affected(await database.execute(CLOSE))


async def told_in(database: Database, *, chat_id: int, message_id: int) -> list[Claimed]:
    """Every delivery that a message told, in order, as it stands now; a digest is told by one."""
    return [_told(row) for row in await database.fetch(OF_MESSAGE, chat_id, message_id)]


async def told_by(database: Database, delivery_id: int) -> Claimed | None:
    """One delivery as it stands now; None: it was swept away."""
    row = await database.fetchrow(OF_DELIVERY, delivery_id)
    return None if row is None else _told(row)


_NOTICE_FIELDS = ("notice_id", "chat_id", "topic_id", "message_id", "delivery_id", "upto_id", "attempts")


def _notice(row: Row) -> Notice:
    values: dict[str, Any] = {name: row[name] for name in _NOTICE_FIELDS}
    kind = NoticeKind(row["kind"])
    blind = _blind(row) if kind is NoticeKind.OUTAGE else None
    return Notice(kind=kind, lane=Lane(row["lane"]), blind=blind, **values)


def _blind(row: Row) -> Blind:
    return Blind(
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        spells=row["spells"],
        blocks=row["blocks"],
        unread=row["unread"],
        events=row["events"],
    )


def _told(row: Row) -> Claimed:
    values = dict(row)
    activity = msgspec.json.decode(values.pop("payload"), type=Activity)
    return Claimed(activity=activity, lane=Lane(values.pop("lane")), **values)
