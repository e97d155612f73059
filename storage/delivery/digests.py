"""Held deliveries: gathered into one digest per chat when they are due, none lost and none twice.

One delivery of each chat and topic carries the digest through the outbox like any other; the others are
folded into it and share its fate. Which one stands where is decided in one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.activity import Activity, Kind
from domain.rules.gates import Gate
from storage.postgres import Connection, Database, Row, affected

MAX_LISTED = 40
"""Activities of a digest that are looked up one by one, the newest ones; of the others their number."""

GATHERING = "SELECT pg_advisory_xact_lock(hashtext('gather digests'))"

# When one is due, all that the chat holds is: settings changed at night must not make two digests.
GATHER = """
WITH ready AS (
    SELECT chat_id, topic_id FROM deliveries WHERE state = 'deferred' AND due_at <= now()
    GROUP BY chat_id, topic_id ORDER BY min(due_at) LIMIT $1
), due AS (
    SELECT delivery_id, max(delivery_id) OVER (PARTITION BY chat_id, topic_id) AS carrier
    FROM deliveries JOIN ready USING (chat_id, topic_id) WHERE state = 'deferred'
)
UPDATE deliveries SET
    state = CASE WHEN deliveries.delivery_id = carrier THEN 'pending' ELSE 'digested' END,
    finished_at = CASE WHEN deliveries.delivery_id = carrier THEN NULL ELSE now() END,
    digest_id = carrier, due_at = now(), fair_queue_at = now(), send_alone = true, lane = 2
FROM due WHERE deliveries.delivery_id = due.delivery_id
"""

MOVE = "UPDATE deliveries SET due_at = $2 WHERE chat_id = $1 AND state = 'deferred'"

MOVE_SYSTEM_MESSAGES = """
UPDATE system_messages SET due_at = $2
WHERE chat_id = $1 AND kind = 'outage' AND state = 'pending' AND attempts = 0
"""

CONTENTS = """
WITH told AS (
    SELECT digest_id, delivery_id, watch_id, alert_id, gate,
           row_number() OVER (PARTITION BY digest_id ORDER BY delivery_id DESC) AS place
    FROM deliveries WHERE digest_id = ANY($1::bigint[])
)
SELECT digest_id, coalesce(label, '') AS label, payload->>'wallet' AS wallet,
       payload->>'kind' AS kind, CASE WHEN place <= $2 THEN payload END AS payload,
       alerts.block_time AS happened_at, 1::bigint AS number,
       (reverted_at IS NOT NULL)::int::bigint AS reverted, gate, place
FROM told JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE place <= $2
UNION ALL
SELECT digest_id, coalesce(max(label), ''), payload->>'wallet', payload->>'kind', NULL,
       min(alerts.block_time), count(*), count(reverted_at), gate, $2 + 1
FROM told JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE place > $2 GROUP BY digest_id, payload->>'wallet', payload->>'kind', gate
ORDER BY digest_id, place DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One activity of a digest, or several of a wallet and kind that are only counted."""

    label: str
    wallet: str
    kind: Kind
    number: int
    activity: Activity | None
    """None: counted only."""
    happened_at: datetime
    """Of several: of the first."""
    reverted: int = 0
    """How many of them died with their fork."""
    gate: Gate
    """What held it."""


async def gather_due(database: Database, *, limit: int = 500) -> int:
    """Turn what is held and due into digests, for up to `limit` chats; how many deliveries that were."""

    async def work(connection: Connection) -> int:
        await connection.execute(GATHERING)
        return affected(await connection.execute(GATHER, limit))

    return await database.transaction(work)


async def move_deferred(connection: Connection, chat_id: int, due_at: datetime) -> None:
    """The chat's held deliveries are due at another time, and what else waits for that time."""
    await connection.execute(MOVE, chat_id, due_at)
    await connection.execute(MOVE_SYSTEM_MESSAGES, chat_id, due_at)


async def contents(database: Database, digest_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """What stands in each digest, in the order in which it happened; what is only counted comes first."""
    found: dict[int, list[Entry]] = {digest_id: [] for digest_id in digest_ids}
    for row in await database.fetch(CONTENTS, list(digest_ids), MAX_LISTED):
        found[row["digest_id"]].append(_entry(row))
    return found


def _entry(row: Row) -> Entry:
    return Entry(
        label=row["label"],
        wallet=row["wallet"],
        kind=Kind(row["kind"]),
        number=row["number"],
        activity=None if row["payload"] is None else msgspec.json.decode(row["payload"], type=Activity),
        happened_at=row["happened_at"],
        reverted=row["reverted"],
        gate=Gate(row["gate"]),
    )
