"""Claiming pushes: new events before those that were tried, and of each webhook no more than it bears.

Pushes have no order, and receivers fail for days. So each webhook is looked at by itself: one that rests
costs nothing however much waits for it, one that fails has one push under way, and the others go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.delivery.deliveries import ClaimedDelivery
from storage.delivery.claims import COLUMNS, JOINS, LEASE_SECONDS, UNDO_CLAIM, readable
from storage.postgres import Connection, Database, Row

EACH = 10
"""Pushes of one webhook under way, over all senders; of one that fails 1."""

# One claim at a time, as for messages; and the disk is not waited for, since the mark does.
CLAIMING = """
SELECT now(), pg_advisory_xact_lock(hashtext('claim pushes')),
       set_config('synchronous_commit', 'off', true)
"""

_OPEN = "channel = 'webhook' AND state IN ('pending', 'retry')"
# Jumps from webhook to webhook along the index, whatever waits for each; the second half of its recursion is
# one look into the index.
OPEN_WEBHOOKS = f"""open AS (
    (SELECT address FROM deliveries WHERE {_OPEN} ORDER BY address LIMIT 1)
    UNION ALL
    SELECT (SELECT address FROM deliveries WHERE {_OPEN} AND deliveries.address > open.address
            ORDER BY address LIMIT 1)
    FROM open WHERE open.address IS NOT NULL
)"""
_DUE = f"""
(SELECT delivery_id, due_at FROM deliveries AS mine
 WHERE {_OPEN} AND mine.address = ready.address AND least(attempts, 1) = {{}} AND due_at <= now()
   AND (lease_until IS NULL OR lease_until < now())
 ORDER BY due_at, delivery_id LIMIT ready.room)"""

# ruff: noqa: S608 - the parts put in are constants
# A correction is of the alert of what it corrects.
CLAIM = f"""
WITH RECURSIVE {OPEN_WEBHOOKS}, ready AS MATERIALIZED (
    SELECT open.address, CASE WHEN failing_since IS NULL THEN $4::bigint ELSE 1 END - (
        SELECT count(*) FROM deliveries AS taken
        WHERE channel = 'webhook' AND lease_owner IS NOT NULL AND taken.address = open.address
          AND lease_until > now()) AS room
    FROM open JOIN webhooks ON webhook_id = open.address::bigint
    WHERE open.address IS NOT NULL AND off_at IS NULL AND coalesce(rests_until <= now(), true)
), due AS MATERIALIZED (
    SELECT taken.delivery_id FROM ready CROSS JOIN LATERAL (
        SELECT 0 AS tried, * FROM {_DUE.format(0)} AS fresh
        UNION ALL SELECT 1, * FROM {_DUE.format(1)} AS again
        ORDER BY tried, due_at, delivery_id LIMIT ready.room) AS taken
    WHERE ready.room > 0 ORDER BY tried, due_at, delivery_id LIMIT $2
), taken AS (
    UPDATE deliveries SET lease_owner = $1, lease_until = now() + make_interval(secs => $3)
    FROM due WHERE deliveries.delivery_id = due.delivery_id
    RETURNING deliveries.*
), mine AS (
    SELECT taken.delivery_id, taken.kind, taken.chat_id, taken.topic_id, taken.channel, taken.address,
           taken.lane, taken.attempts, taken.ambiguous_sends, taken.send_alone, taken.reasons,
           taken.finished_at,
           taken.outage_id, taken.broadcast_id, taken.events, taken.corrects_id, taken.target_message_id,
           taken.living_id, taken.due_at, taken.created_at,
           coalesce(taken.alert_id, corrected.alert_id) AS alert_id,
           coalesce(taken.watch_id, corrected.watch_id) AS watch_id
    FROM taken LEFT JOIN deliveries AS corrected ON corrected.delivery_id = taken.corrects_id
)
SELECT {COLUMNS}, mine.outage_id, mine.created_at AS asked_at, EXISTS (
    SELECT FROM provisional WHERE provisional.chain = alerts.chain
      AND provisional.signature = alerts.payload->>'signature') AS provisional
FROM mine {JOINS} ORDER BY least(mine.attempts, 1), mine.due_at, mine.delivery_id
"""

BACKLOG = f"""
SELECT count(*) FILTER (WHERE due_at <= now()) AS due, count(*) FILTER (WHERE attempts > 0) AS failed,
    coalesce(extract(epoch FROM now() - min(due_at) FILTER (
        WHERE attempts = 0 AND failing_since IS NULL AND due_at <= now())), 0)::float8 AS oldest_seconds
FROM deliveries JOIN webhooks ON webhook_id = address::bigint WHERE {_OPEN}
"""

STATES = """
SELECT count(*) FILTER (WHERE off_at IS NULL AND failing_since IS NULL) AS "on",
       count(*) FILTER (WHERE off_at IS NULL AND failing_since IS NOT NULL) AS failing,
       count(*) FILTER (WHERE off_at IS NOT NULL) AS off
FROM webhooks
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushBacklog:
    """What waits for receivers of pushes."""

    due: int
    """That could be tried now, if their webhooks do not rest."""
    failed: int
    """That were tried, and wait for another try."""
    oldest_seconds: float
    """The time that the oldest has been due that nobody has tried, of webhooks that do not fail."""


async def claim_pushes(
    database: Database, *, owner: str, limit: int, each: int = EACH
) -> list[ClaimedDelivery]:
    """Take the right to send up to `limit` pushes that are due, until a lease ends.

    Args:
        database: where they stand.
        owner: the sender.
        limit: pushes at most.
        each: pushes of one webhook that may be under way.
    """
    tries: list[datetime] = []

    async def work(connection: Connection) -> Sequence[Row]:
        now = await connection.fetchval(CLAIMING)
        for earlier in tries:
            await connection.execute(UNDO_CLAIM, owner, earlier, LEASE_SECONDS)
        tries.append(now)
        return await connection.fetch(CLAIM, owner, limit, LEASE_SECONDS, each)

    return await readable(database, owner, await database.transaction(work))


async def push_backlog(database: Database) -> PushBacklog:
    """What waits for receivers."""
    row = await database.fetchrow(BACKLOG)
    return PushBacklog(**dict(row)) if row else PushBacklog(due=0, failed=0, oldest_seconds=0.0)


async def webhooks_by_state(database: Database) -> dict[str, int]:
    """How many webhooks there are, by state: on, failing, off."""
    row = await database.fetchrow(STATES)
    return {} if row is None else dict(row)
