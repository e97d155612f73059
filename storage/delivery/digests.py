"""Deferred deliveries: gathered into one digest per chat when they are due, none lost and none twice.

One delivery of each chat and topic carries the digest through the outbox like any other; the others become
`digested`, and what becomes of the carrier becomes of them. One statement decides which delivery is where.
"""

from collections.abc import Sequence

from domain.activity.prices import read_market
from domain.alerts.kinds import read_event
from domain.delivery.facts import DeferredAlerts, DigestEntry
from domain.rules.gates import Gate
from storage.delivery.contents import label_of
from storage.postgres import Connection, Database, Row, affected

MAX_LISTED = 40
"""The events of a digest that come one by one, exits first; the others are only counted."""

GATHERING = "SELECT pg_advisory_xact_lock(hashtext('gather digests'))"

# When one delivery is due, all deferred ones of its chat and topic are: a change of settings between them
# must not make two digests. The newest one is the carrier.
GATHER = """
WITH ready AS (
    SELECT chat_id, topic_id FROM deliveries WHERE state = 'deferred' AND due_at <= now()
    GROUP BY chat_id, topic_id ORDER BY min(due_at) LIMIT $1
), due AS (
    SELECT delivery_id, max(delivery_id) OVER (PARTITION BY chat_id, topic_id) AS carrier
    FROM deliveries JOIN ready USING (chat_id, topic_id) WHERE state = 'deferred'
)
UPDATE deliveries SET
    kind = CASE WHEN deliveries.delivery_id = carrier THEN 'digest' ELSE kind END,
    state = CASE WHEN deliveries.delivery_id = carrier THEN 'pending' ELSE 'digested' END,
    finished_at = CASE WHEN deliveries.delivery_id = carrier THEN NULL ELSE now() END,
    digest_id = carrier, due_at = now(), fair_queue_at = now(), send_alone = true, lane = 2
FROM due WHERE deliveries.delivery_id = due.delivery_id
"""

# The first $2 events of each digest by weight (exits, what is no trade, the dollars, the newest) come one by
# one with their payload; the others only as a number for each wallet, kind and gate, so that a digest of
# thousands stays one short message, and no exit of its beginning goes under in it.
CONTENTS = """
WITH listed AS (
    SELECT digest_id, delivery_id, watch_id, alert_id, gate,
           row_number() OVER (PARTITION BY digest_id ORDER BY
               (sort = 'sell' AND reverted_at IS NULL AND payload->>'token_after' = '0') IS TRUE DESC,
               alerts.kind NOT IN ('activity', 'token_trade') DESC,
               (market->>'usd')::numeric DESC NULLS LAST, delivery_id DESC) AS position
    FROM deliveries JOIN alerts USING (alert_id) WHERE digest_id = ANY($1::bigint[])
)
SELECT digest_id, coalesce(label, '') AS label, has_namesake(watches) AS has_namesake,
       subject, kind, sort, payload, market, alerts.block_time AS happened_at, 1::bigint AS number,
       (reverted_at IS NOT NULL)::int::bigint AS reverted, gate, delivery_id AS number_in_order
FROM listed JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE position <= $2
UNION ALL
SELECT digest_id, coalesce(max(label), ''), bool_or(has_namesake(watches)), subject, kind, sort, NULL, NULL,
       min(alerts.block_time), count(*), count(reverted_at), gate, 0
FROM listed JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE position > $2 GROUP BY digest_id, subject, kind, sort, gate
ORDER BY digest_id, number_in_order
"""

DEFERRED = """
SELECT count(*) AS number, min(due_at) AS until, count(*) FILTER (WHERE gate = $2) AS of_busy_wallets
FROM deliveries WHERE chat_id = $1 AND state = 'deferred'
"""


async def deferred_alerts(database: Database, chat_id: int) -> DeferredAlerts | None:
    """What the chat gets together later; None: nothing."""
    row = await database.fetchrow(DEFERRED, chat_id, Gate.WALLET_BUSY)
    if row is None or row["until"] is None:
        return None
    return DeferredAlerts(number=row["number"], until=row["until"], of_busy_wallets=row["of_busy_wallets"])


async def gather_due(database: Database, *, limit: int = 500) -> int:
    """Turn the deferred deliveries of up to `limit` chats that are due into digests; how many there were."""

    async def work(connection: Connection) -> int:
        await connection.execute(GATHERING)
        return affected(await connection.execute(GATHER, limit))

    return await database.transaction(work)


async def contents(database: Database, digest_ids: Sequence[int]) -> dict[int, list[DigestEntry]]:
    """The entries of each digest in the order of their activities; those that are only counted come first."""
    found: dict[int, list[DigestEntry]] = {digest_id: [] for digest_id in digest_ids}
    for row in await database.fetch(CONTENTS, list(digest_ids), MAX_LISTED):
        found[row["digest_id"]].append(_entry(row))
    return found


def _entry(row: Row) -> DigestEntry:
    return DigestEntry(
        label=label_of(row, row["subject"]),
        subject=row["subject"],
        sort=row["sort"],
        number=row["number"],
        event=None if row["payload"] is None else read_event(row["kind"], row["payload"]),
        happened_at=row["happened_at"],
        reverted=row["reverted"],
        gate=Gate(row["gate"]),
        market=read_market(row["market"]),
    )
