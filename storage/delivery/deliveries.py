"""The outbox of alerts: senders claim deliveries, mark them before the call to Telegram, and record results.

claim (lease) ──> mark sending (committed before the call) ──> call ──> record the result
  └── release: not sent after all            └── recover: the sender died before it recorded a result
"""

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
"""The lease of a claim."""
MARK_SECONDS = 90.0
"""The lease of a mark: longer than a call may take, with its repetition as plain text and the record."""
PATIENT_ATTEMPTS = 3
"""Attempts after which later deliveries of a chat no longer wait for a refused one."""

# One claim at a time, so that two senders never have messages of one chat out of order. The commit does not
# wait for the disk (synchronous_commit off): a crash that undoes a claim undoes no mark, since the mark waits
# for it.
CLAIMING = """
SELECT now(), pg_advisory_xact_lock(hashtext('claim deliveries')),
       set_config('synchronous_commit', 'off', true)
"""

# A claim may be committed although its answer did not arrive. Then no sender works on it, and its deliveries
# would wait for the end of the lease. All rows of one claim have the same lease_until.
UNDO_CLAIM = """
UPDATE deliveries SET lease_owner = NULL, lease_until = NULL
WHERE lease_owner = $1 AND state IN ('pending', 'retry')
  AND lease_until = $2::timestamptz + make_interval(secs => $3)
"""

EACH = 60
"""Deliveries of one chat in one claim: as many as one message may hold."""
EACH_ALONE = 3
"""The same where each is a message of its own: as many messages as a chat takes at once."""

# May be sent now: due, and no sender has it.
_FREE = "state <> 'sending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())"
# Later deliveries of the same chat and lane wait for it: a sender has it, or it is soon tried again.
_BLOCKS = "(coalesce(lease_until > now(), false) OR (due_at > now() AND attempts <= $4 AND NOT coalescing))"

# ruff: noqa: S608 - the parts put in are the constants above
# `front` finds the chats that come next in the fair queue, lane by lane; `due` finds, chat by chat, what else
# may be sent there, since it may go in the same message. So the backlog of a chat costs one message, however
# many chats wait. MATERIALIZED keeps the planner from joining both into one scan of the whole table.
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

# A delivery for a watch that is gone is not sent, unless it carries a digest, which holds others, too.
_FOLLOWED = """(deliveries.watch_id IS NULL OR deliveries.digest_id IS NOT NULL
       OR EXISTS (SELECT FROM watches WHERE watches.watch_id = deliveries.watch_id))"""

# $4: the answer to this very statement did not arrive once, so it may have marked these rows already.
MARK_SENDING = f"""
UPDATE deliveries SET state = 'sending', lease_until = now() + make_interval(secs => $3)
FROM chats
WHERE delivery_id = ANY($2::bigint[]) AND lease_owner = $1
  AND (state IN ('pending', 'retry') OR ($4 AND state = 'sending'))
  AND lease_until > now() AND chats.chat_id = deliveries.chat_id AND chats.closed_at IS NULL
  AND ($4 AND state = 'sending' OR {_FOLLOWED})
RETURNING delivery_id
"""

# The same delivery may have been marked anew meanwhile. `ambiguous_sends` tells the marks apart: a late
# result of an earlier mark changes nothing.
RECORD_RESULTS = """
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

# A sender died between its mark and its record: nobody knows whether the chat has the message.
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

# A delivery that waits behind another one of its chat is not due before that one is, whatever its own time
# says.
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
    """The time that the oldest of them has been due."""


async def claim(
    database: Database,
    *,
    owner: str,
    limit: int,
    up_to: Lane = Lane.BULK,
    chats: int | None = None,
    each: int = EACH,
) -> list[ClaimedDelivery]:
    """Take the right to send due deliveries until a lease ends, by lane and fair-queue time.

    Deliveries of one chat and lane come together and in their order: none is claimed while a sender has an
    earlier one, or while an earlier one is soon tried again.

    Args:
        database: where deliveries stand.
        owner: the sender.
        limit: deliveries at most.
        up_to: the last lane to claim from.
        chats: chats at most; None: as many as deliveries.
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
    """Commit that these are being sent now, and return those that may be sent.

    The others have another owner by now, or their chat was closed, or it follows the wallet no longer.
    """
    tries = itertools.count()

    async def work(connection: Connection) -> list[Row]:
        again = next(tries) > 0
        return await connection.fetch(MARK_SENDING, owner, list(delivery_ids), MARK_SECONDS, again)

    return {row["delivery_id"] for row in await database.repeatable(work)}


async def record_results(database: Database, *, owner: str, transitions: Sequence[DeliveryTransition]) -> int:
    """Record what became of deliveries that `owner` marked; how many were still its own."""
    rows = [
        (
            *(s.delivery_id, s.state.value, s.attempts, s.ambiguous_sends, s.wait),
            *(s.message_id, s.error, s.send_alone, s.ambiguous_sends_before),
        )
        for s in transitions
    ]

    async def work(connection: Connection) -> int:
        tag = await connection.execute(RECORD_RESULTS, owner, *columns(rows, 9))
        failpoint("noting")
        return affected(tag)

    return await database.transaction(work)


async def release(database: Database, *, owner: str, delivery_ids: Sequence[int], wait: float = 0.0) -> None:
    """Give back claims of deliveries that were not sent; they are due again after `wait` seconds."""
    await database.execute(RELEASE, owner, list(delivery_ids), wait)


async def recover(database: Database) -> int:
    """Take back what dead senders had marked: sent once more, later `ambiguous`; how many there were."""
    return affected(await database.execute(RECOVER, MAX_AMBIGUOUS_SENDS, Lane.BULK.value))


async def close_undeliverable(database: Database) -> int:
    """End deliveries to chats that were closed and for watches that are gone; how many there were."""
    closed = affected(await database.execute(CLOSE_FOR_CHAT))
    return closed + affected(await database.execute(CLOSE_UNFOLLOWED))


async def backlog(database: Database) -> Backlog:
    """The deliveries that are due and unclaimed, and since when."""
    row = await database.fetchrow(BACKLOG)
    return Backlog(**dict(row)) if row else Backlog(due=0, oldest_seconds=0.0)


async def latest_delivery_time(database: Database) -> datetime | None:
    """When Telegram accepted the last message."""
    when: datetime | None = await database.fetchval(
        "SELECT max(finished_at) FROM deliveries WHERE state = 'sent'"
    )
    return when


def _claimed(row: Row) -> ClaimedDelivery:
    values = dict(row)
    activity = _ACTIVITY.decode(values.pop("payload"))
    return ClaimedDelivery(activity=activity, lane=Lane(values.pop("lane")), **values)
