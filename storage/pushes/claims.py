"""Claims pushes by webhook in turn, within the limits of each webhook and owner.

Pushes have no order, and receivers fail for days. So each webhook is checked by itself: one that rests costs
nothing however much waits for it, one that fails has one push under way, one that answers late a few, and
whoever answers soon finds room beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.delivery.deliveries import ClaimedDelivery
from storage.delivery.claims import COLUMNS, JOINS, LEASE_SECONDS, UNDO_CLAIM, readable
from storage.postgres import Connection, Database, Row

MAX_EACH = 10
"""Pushes of one webhook under way, over all senders; of one that fails 1."""
MAX_EACH_SLOW = 2
"""The same of one that answered late, or never yet."""
MAX_EACH_OWNER = 60
"""Pushes under way of all webhooks that one person made, over all senders."""
MAX_EACH_PACE = 120
"""Pushes that one sender has under way for all who fail, and for all who answer late: the rest of its room is
for those who answer soon."""

# One claim at a time, as for messages; and the disk is not waited for, since the mark does.
CLAIMING = """
SELECT now(), pg_advisory_xact_lock(hashtext('claim pushes')),
       set_config('synchronous_commit', 'off', true)
"""

_OPEN = "channel = 'webhook' AND state IN ('pending', 'retry')"
# Jumps from webhook to webhook along the index, whatever waits for each; the second half of its recursion is
# one lookup in the index.
_JUMPS = f"""
(SELECT address FROM deliveries WHERE {_OPEN} {{condition}} ORDER BY address LIMIT 1)
UNION ALL
SELECT (SELECT address FROM deliveries WHERE {_OPEN} AND deliveries.address > {{name}}.address
        ORDER BY address LIMIT 1)
FROM {{name}} WHERE {{name}}.address IS NOT NULL
"""
OPEN_WEBHOOKS = f"open AS ({_JUMPS.format(name='open', condition='')})"
FEW_AWAKE = 500
# Where few are awake, each of these is checked instead: the thousands that rest cost nothing then. LIMIT
# keeps the planner from reading all that waits for one check each.
_AWAKE_OPEN = f"""
awake AS MATERIALIZED (
    SELECT webhook_id::text AS address FROM webhooks
    WHERE off_at IS NULL AND coalesce(rests_until <= now(), true) LIMIT {FEW_AWAKE + 1}
), few AS MATERIALIZED (SELECT count(*) <= {FEW_AWAKE} AS are_awake FROM awake
), reached AS ({_JUMPS.format(name="reached", condition="AND NOT (SELECT are_awake FROM few)")}
), open AS (
    SELECT address FROM reached
    UNION ALL
    SELECT found.address FROM awake CROSS JOIN LATERAL (
        SELECT address FROM deliveries WHERE {_OPEN} AND deliveries.address = awake.address LIMIT 1) AS found
    WHERE (SELECT are_awake FROM few)
)"""
_DUE = f"""
(SELECT delivery_id, due_at, attempts, row_number() OVER (ORDER BY due_at, delivery_id) AS number
 FROM deliveries AS mine
 WHERE {_OPEN} AND mine.address = ready.address AND least(attempts, 1) = {{}} AND due_at <= now()
   AND (lease_until IS NULL OR lease_until < now())
 ORDER BY due_at, delivery_id LIMIT ready.room)"""
_PACE = "CASE WHEN failing_since IS NOT NULL THEN 'failing' WHEN is_slow THEN 'slow' ELSE 'quick' END"

# ruff: noqa: S608 - the parts put in are constants
# New events go first, and beside three of them one that was tried; of a webhook that fails, where one goes at
# a time, each fourth is one that was tried. `of_webhook`: whoever has least under way comes first, so that
# nobody's backlog comes before another's first push. Where very many wait, few of each are checked: four
# times what falls to it. A correction is of the alert of what it corrects.
CLAIM = f"""
WITH RECURSIVE {_AWAKE_OPEN}, under_way AS MATERIALIZED (
    SELECT webhook_id, owner_id, {_PACE} AS pace, number, mine FROM (
        SELECT address, count(*) AS number, count(*) FILTER (WHERE lease_owner = $1) AS mine FROM deliveries
        WHERE channel = 'webhook' AND lease_owner IS NOT NULL AND lease_until > now() GROUP BY address
    ) AS leased JOIN webhooks ON webhook_id = address::bigint
), bears AS (
    SELECT address, webhooks.owner_id, {_PACE} AS pace, coalesce(number, 0) AS number,
        failing_since IS NOT NULL AND failures % 4 = 3 AS is_for_tried,
        CASE WHEN failing_since IS NOT NULL THEN 1
             WHEN is_slow OR last_success_at IS NULL THEN least($5, $4::bigint)
             ELSE $4::bigint END - coalesce(number, 0) AS room
    FROM open JOIN webhooks ON webhook_id = open.address::bigint
    LEFT JOIN under_way USING (webhook_id)
    WHERE open.address IS NOT NULL AND off_at IS NULL AND coalesce(rests_until <= now(), true)
), ready AS MATERIALIZED (
    SELECT address, owner_id, pace, number, is_for_tried,
        least(room, ceil(4.0 * $2 / count(*) OVER ())::bigint) AS room
    FROM bears WHERE room > 0
), offered AS (
    SELECT delivery_id, due_at, owner_id, pace, ready.number + nth AS of_webhook
    FROM ready CROSS JOIN LATERAL (
        SELECT delivery_id, due_at, row_number() OVER (ORDER BY wanted, due_at, delivery_id) AS nth FROM (
            SELECT *, number AS wanted FROM {_DUE.format(0)} AS fresh
            UNION ALL
            SELECT *, CASE WHEN is_for_tried THEN 0 ELSE 3 * number + 0.5 END FROM {_DUE.format(1)} AS tried
        ) AS both_kinds ORDER BY wanted, due_at, delivery_id LIMIT ready.room) AS next
), of_owners AS (
    SELECT offered.*, coalesce(number, 0)
        + row_number() OVER (PARTITION BY owner_id ORDER BY of_webhook, due_at, delivery_id) AS of_owner
    FROM offered LEFT JOIN (
        SELECT owner_id, sum(number) AS number FROM under_way GROUP BY 1) AS taken USING (owner_id)
), of_paces AS (
    SELECT of_owners.*, coalesce(number, 0)
        + row_number() OVER (PARTITION BY pace ORDER BY of_webhook, due_at, delivery_id) AS of_pace
    FROM of_owners LEFT JOIN (
        SELECT pace, sum(mine) AS number FROM under_way GROUP BY 1) AS taken USING (pace)
    WHERE of_owner <= $6
), due AS MATERIALIZED (
    SELECT delivery_id FROM of_paces WHERE pace = 'quick' OR of_pace <= $7
    ORDER BY of_webhook, due_at, delivery_id LIMIT $2
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


_LIMITS = (MAX_EACH_SLOW, MAX_EACH_OWNER, MAX_EACH_PACE)


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
    database: Database, *, owner: str, limit: int, each: int = MAX_EACH
) -> list[ClaimedDelivery]:
    """Take the right to send up to `limit` pushes that are due, until a lease ends.

    Args:
        database: where they are stored.
        owner: the sender.
        limit: pushes at most.
        each: pushes of one webhook that may be under way, where it answers soon.
    """
    tries: list[datetime] = []

    async def work(connection: Connection) -> Sequence[Row]:
        now = await connection.fetchval(CLAIMING)
        for earlier in tries:
            await connection.execute(UNDO_CLAIM, owner, earlier, LEASE_SECONDS)
        tries.append(now)
        return await connection.fetch(CLAIM, owner, limit, LEASE_SECONDS, each, *_LIMITS)

    return await readable(database, owner, await database.transaction(work))


async def push_backlog(database: Database) -> PushBacklog:
    """What waits for receivers."""
    row = await database.fetchrow(BACKLOG)
    return PushBacklog(**dict(row)) if row else PushBacklog(due=0, failed=0, oldest_seconds=0.0)


async def webhooks_by_state(database: Database) -> dict[str, int]:
    """How many webhooks there are, by state: on, failing, off."""
    row = await database.fetchrow(STATES)
    return {} if row is None else dict(row)
