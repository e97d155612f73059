"""Deliveries: claiming them, the mark before the call, and what became of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.activity import Activity
from domain.delivery.deliveries import MAX_AMBIGUOUS_SENDS, ClaimedDelivery, DeliveryTransition
from domain.rules.lanes import Lane
from runtime.processes.failpoints import failpoint
from storage.postgres import Connection, Database, Row, affected, columns

_ACTIVITY = msgspec.json.Decoder(Activity)
LEASE_SECONDS = 30.0
"""How long a claim holds."""
MARK_SECONDS = 90.0
"""How long a mark holds: longer than a send may take, plain-text repetition and noting included."""
PATIENT_ATTEMPTS = 3
"""So often a refused delivery may hold up the later ones of its chat; then they pass it."""

# One claim at a time, so that two senders never hold messages of one chat out of order. It is not waited for
# until it is on disk: a crash that undoes a claim undoes no mark, which is waited for and comes after it.
CLAIMING = """
SELECT now(), pg_advisory_xact_lock(hashtext('claim deliveries')),
       set_config('synchronous_commit', 'off', true)
"""

# A claim that was committed while its answer was lost: nobody knows that it holds anything.
UNDO_CLAIM = """
UPDATE deliveries SET lease_owner = NULL, lease_until = NULL
WHERE lease_owner = $1 AND state IN ('pending', 'retry')
  AND lease_until = $2::timestamptz + make_interval(secs => $3)
"""

EACH = 60
"""Deliveries of one chat given out at a time: as many as one message may tell of."""
EACH_ALONE = 3
"""The same where each has a message of its own: as many as a chat takes at once."""

# What a chat may be sent: due, and in nobody's hands.
_FREE = "state <> 'sending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())"
# What later ones of the same chat and lane wait for: in somebody's hands, or soon to be tried again.
_BLOCKS = "(coalesce(lease_until > now(), false) OR (due_at > now() AND attempts <= $4 AND NOT coalescing))"

# ruff: noqa: S608 - the parts put in are the constants above
# First the chats whose turn it is, lane by lane; then chat by chat what else is due there, for it may be told
# together: so a chat's backlog costs one message, however many chats wait.
CLAIM = f"""
WITH front AS MATERIALIZED (
    SELECT chat_id, lane, min(fair_queue_at) AS fair_queue_at, min(delivery_id) AS first FROM (
        SELECT chat_id, lane, fair_queue_at, delivery_id FROM deliveries
        WHERE state IN ('pending', 'retry') AND lane <= $5 AND {_FREE} AND NOT EXISTS (
            SELECT FROM deliveries AS earlier
            WHERE earlier.chat_id = deliveries.chat_id AND earlier.lane = deliveries.lane
              AND earlier.delivery_id < deliveries.delivery_id
              AND earlier.state IN ('pending', 'retry', 'sending')
              AND (earlier.lease_until > now()
                   OR (earlier.due_at > now() AND earlier.attempts <= $4 AND NOT earlier.coalescing)))
        ORDER BY lane, fair_queue_at, delivery_id LIMIT $7) AS next
    GROUP BY chat_id, lane
), due AS MATERIALIZED (
    SELECT taken.delivery_id FROM front CROSS JOIN LATERAL (
        SELECT delivery_id, {_FREE} AS free, bool_or({_BLOCKS}) OVER (ORDER BY delivery_id) AS blocked
        FROM deliveries
        WHERE deliveries.chat_id = front.chat_id AND deliveries.lane = front.lane
          AND state IN ('pending', 'retry', 'sending') AND (({_FREE}) OR {_BLOCKS})
        ORDER BY delivery_id LIMIT $6) AS taken
    WHERE free AND NOT blocked ORDER BY front.lane, front.fair_queue_at, front.first, delivery_id LIMIT $2
), claimed AS (
    UPDATE deliveries SET lease_owner = $1, lease_until = now() + make_interval(secs => $3)
    FROM due WHERE deliveries.delivery_id = due.delivery_id AND {_FREE}
    RETURNING deliveries.*
)
SELECT claimed.delivery_id, claimed.alert_id, claimed.chat_id, claimed.topic_id, claimed.watch_id,
       coalesce(watches.label, '') AS label, alerts.payload, claimed.attempts, claimed.ambiguous_sends,
       alerts.block_time AS happened_at, alerts.created_at, claimed.reasons, claimed.digest_id,
       claimed.lane, claimed.send_alone
FROM claimed JOIN alerts USING (alert_id) LEFT JOIN watches ON watches.watch_id = claimed.watch_id
ORDER BY claimed.lane, claimed.delivery_id
"""

# What was decided for a watch that is gone is not told, unless it carries a digest: others stand in that.
_FOLLOWED = """(deliveries.watch_id IS NULL OR deliveries.digest_id IS NOT NULL
       OR EXISTS (SELECT FROM watches WHERE watches.watch_id = deliveries.watch_id))"""

# $4: the answer to this very statement was lost once, so what it had marked is marked already.
MARK_SENDING = f"""
UPDATE deliveries SET state = 'sending', lease_until = now() + make_interval(secs => $3)
FROM chats
WHERE delivery_id = ANY($2::bigint[]) AND lease_owner = $1
  AND (state IN ('pending', 'retry') OR ($4 AND state = 'sending'))
  AND lease_until > now() AND chats.chat_id = deliveries.chat_id AND chats.closed_at IS NULL
  AND ($4 AND state = 'sending' OR {_FOLLOWED})
RETURNING delivery_id
"""

SETTLE = """
UPDATE deliveries SET state = new.state, attempts = new.attempts, ambiguous_sends = new.ambiguous_sends,
    due_at = now() + make_interval(secs => new.wait), message_id = new.message_id, error = new.error,
    send_alone = new.send_alone, lease_owner = NULL, lease_until = NULL,
    finished_at = CASE WHEN new.state <> 'retry' THEN now() END
FROM unnest($2::bigint[], $3::text[], $4::int[], $5::int[], $6::float8[], $7::bigint[], $8::text[],
            $9::boolean[], $10::int[])
  AS new (delivery_id, state, attempts, ambiguous_sends, wait, message_id, error, send_alone,
          ambiguous_sends_before)
WHERE deliveries.delivery_id = new.delivery_id AND lease_owner = $1 AND deliveries.state = 'sending'
  AND deliveries.ambiguous_sends = new.ambiguous_sends_before
"""

RELEASE = """
UPDATE deliveries SET lease_owner = NULL, lease_until = NULL, coalescing = false,
    due_at = CASE WHEN $3 > 0 THEN now() + make_interval(secs => $3) ELSE due_at END
WHERE delivery_id = ANY($2::bigint[]) AND lease_owner = $1 AND state IN ('pending', 'retry')
"""

# A sender died between its mark and its note: the message may stand in the chat or not.
RECOVER = """
UPDATE deliveries SET
    state = CASE WHEN lane < $2 AND ambiguous_sends < $1 THEN 'retry' ELSE 'ambiguous' END,
    finished_at = CASE WHEN lane < $2 AND ambiguous_sends < $1 THEN NULL ELSE now() END,
    ambiguous_sends = ambiguous_sends + 1, lease_owner = NULL, lease_until = NULL, due_at = now(),
    error = 'the sender ended before the answer came'
WHERE state = 'sending' AND lease_until < now()
"""

CLOSE_FOR_CHAT = """
UPDATE deliveries SET state = 'dead', error = 'chat closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM chats
WHERE state IN ('pending', 'retry', 'deferred') AND chats.chat_id = deliveries.chat_id
  AND chats.closed_at IS NOT NULL
"""

CLOSE_UNFOLLOWED = f"""
UPDATE deliveries SET state = 'suppressed', error = 'no longer followed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE state IN ('pending', 'retry', 'deferred') AND NOT {_FOLLOWED}
"""

# What waits behind one of its chat that is to be tried again later is not due, whatever its own time says.
POSTPONED = f"""
SELECT chat_id, lane, min(delivery_id) AS first FROM deliveries
WHERE state IN ('pending', 'retry') AND due_at > now() AND attempts <= {PATIENT_ATTEMPTS} AND NOT coalescing
GROUP BY chat_id, lane
"""
DUE = f"""
FROM deliveries LEFT JOIN ({POSTPONED}) AS postponed USING (chat_id, lane)
WHERE state IN ('pending', 'retry') AND due_at <= now() AND (first IS NULL OR delivery_id < first)
"""

BACKLOG = f"""
SELECT count(*) AS due, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest_seconds
{DUE} AND (lease_until IS NULL OR lease_until < now())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits to be sent now."""

    due: int
    oldest_seconds: float
    """How long the oldest of them has been due."""


async def claim(
    database: Database,
    *,
    owner: str,
    limit: int,
    up_to: Lane = Lane.BULK,
    chats: int | None = None,
    each: int = EACH,
) -> list[ClaimedDelivery]:
    """Take the right to send up to `limit` due deliveries until a lease ends, by lane and turn.

    Those of one chat and lane come together and in their order: none is given out while an earlier one is in
    somebody's hands or waits to be tried again soon.

    Args:
        database: where they stand.
        owner: who takes them.
        limit: deliveries at most.
        up_to: the last lane to take from.
        chats: whose turn it is, at most; None: as many as there are deliveries.
        each: deliveries of one chat and lane at most.
    """
    tries: list[datetime] = []

    async def work(connection: Connection) -> list[Row]:
        now = await connection.fetchval(CLAIMING)
        for earlier in tries:
            await connection.execute(UNDO_CLAIM, owner, earlier, LEASE_SECONDS)
        tries.append(now)
        return await connection.fetch(
            CLAIM, owner, limit, LEASE_SECONDS, PATIENT_ATTEMPTS, up_to.value, each, chats or limit
        )

    return [_claimed(row) for row in await database.transaction(work)]


async def mark_sending(database: Database, *, owner: str, delivery_ids: Sequence[int]) -> set[int]:
    """Commit that these are being sent now; only those returned may be sent.

    What is missing in the answer was claimed by somebody else meanwhile, or nobody wants it any more: its
    chat was closed, or follows the wallet no longer.
    """
    tries = itertools.count()

    async def work(connection: Connection) -> list[Row]:
        again = next(tries) > 0
        return await connection.fetch(MARK_SENDING, owner, list(delivery_ids), MARK_SECONDS, again)

    return {row["delivery_id"] for row in await database.repeatable(work)}


async def record_results(database: Database, *, owner: str, transitions: Sequence[DeliveryTransition]) -> int:
    """Note what became of deliveries that `owner` marked; how many were still its own."""
    rows = [
        (
            *(s.delivery_id, s.state.value, s.attempts, s.ambiguous_sends, s.wait),
            *(s.message_id, s.error, s.send_alone, s.ambiguous_sends_before),
        )
        for s in transitions
    ]

    async def work(connection: Connection) -> int:
        tag = await connection.execute(SETTLE, owner, *columns(rows, 9))
        failpoint("noting")
        return affected(tag)

    return await database.transaction(work)


async def release(database: Database, *, owner: str, delivery_ids: Sequence[int], wait: float = 0.0) -> None:
    """Give back claims that were not used; they are due again after `wait` seconds."""
    await database.execute(RELEASE, owner, list(delivery_ids), wait)


async def recover(database: Database) -> int:
    """Take back what dead senders had marked: one marked repeat, then `unknown`; how many there were."""
    return affected(await database.execute(RECOVER, MAX_AMBIGUOUS_SENDS, Lane.BULK.value))


async def close_undeliverable(database: Database) -> int:
    """End what waits for chats that were closed, or for watches that are gone; how many there were."""
    closed = affected(await database.execute(CLOSE_FOR_CHAT))
    return closed + affected(await database.execute(CLOSE_UNFOLLOWED))


async def backlog(database: Database) -> Backlog:
    """How much is due and unclaimed, and since when."""
    row = await database.fetchrow(BACKLOG)
    return Backlog(**dict(row)) if row else Backlog(due=0, oldest_seconds=0.0)


async def latest_delivery_time(database: Database) -> datetime | None:
    """When the last message was accepted."""
    when: datetime | None = await database.fetchval(
        "SELECT max(finished_at) FROM deliveries WHERE state = 'sent'"
    )
    return when


def _claimed(row: Row) -> ClaimedDelivery:
    values = dict(row)
    activity = _ACTIVITY.decode(values.pop("payload"))
    return ClaimedDelivery(activity=activity, lane=Lane(values.pop("lane")), **values)
