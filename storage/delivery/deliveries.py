"""The outbox: senders claim deliveries, mark them before the call to Telegram, and record results.

claim (claims.py) ──> mark sending (committed before the call) ──> call ──> record the result
  └── release: not sent after all               └── recover: the sender died before it recorded a result
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from domain.delivery.living import EDIT_SECONDS
from domain.delivery.results import NAMED_AFTER, DeliveryTransition, Recovered, state_after_ambiguous
from runtime.processes.lifecycle import failpoint
from storage.delivery.claims import PATIENT_ATTEMPTS
from storage.postgres import Connection, Database, Row, affected, columns
from storage.sql_files import read_statement

MARK_SECONDS = 90.0
"""The lease of a mark: longer than a call may take, with its repetition as plain text and the record."""
EXPIRING_MARK_SECONDS = 20.0
"""The same of what expires: taken over while there is time. It is an edit, and made twice it is made once."""

# A delivery for a watch that is gone is not sent, unless it carries a digest, which holds others, too; or
# somebody asked for it once more.
_FOLLOWED = """(deliveries.watch_id IS NULL OR deliveries.digest_id IS NOT NULL OR replayed_at IS NOT NULL
       OR EXISTS (SELECT FROM watches WHERE watches.watch_id = deliveries.watch_id))"""

_NOT_STOPPED = """(deliveries.broadcast_id IS NULL OR EXISTS (SELECT FROM broadcasts
       WHERE broadcasts.broadcast_id = deliveries.broadcast_id AND broadcasts.state <> 'stopped'))"""

# ruff: noqa: S608 - the parts put in are the constants above
# $4: the answer to this very statement did not arrive once, so it may have marked these rows already.
MARK_SENDING = f"""
UPDATE deliveries SET state = 'sending',
    lease_until = now()
        + make_interval(secs => CASE WHEN expires_at IS NULL THEN $3::float8 ELSE $5::float8 END)
FROM chats
WHERE delivery_id = ANY($2::bigint[]) AND lease_owner = $1
  AND (deliveries.state IN ('pending', 'retry') OR ($4 AND deliveries.state = 'sending'))
  AND lease_until > now() AND coalesce(expires_at > now(), true)
  AND chats.chat_id = deliveries.chat_id AND chats.closed_at IS NULL
  AND ($4 AND deliveries.state = 'sending' OR ({_FOLLOWED} AND {_NOT_STOPPED}))
RETURNING delivery_id
"""

# What is put off is put off at least as long as its chat is suspended.
_NOT_BEFORE = """coalesce(
    (SELECT suspended_until FROM chats
     WHERE chats.chat_id = deliveries.chat_id AND suspended_at IS NOT NULL
       AND channel = 'telegram'), now())"""

# After an edit of a position's message the next one waits, whenever the first was meant to go. OFFSET 0: the
# planner looks by position, never through all that waits. The same delivery may have been marked again
# meanwhile. `ambiguous_sends` distinguishes the marks: a late result of an earlier mark changes nothing. A
# message that was sent ends the suspension of its chat.
RECORD_RESULTS = f"""
WITH recorded AS (
    UPDATE deliveries SET kind = new.kind, state = new.state, attempts = new.attempts,
        ambiguous_sends = new.ambiguous_sends,
        due_at = CASE WHEN new.state = 'retry'
                      THEN greatest(now() + make_interval(secs => new.wait), {_NOT_BEFORE})
                      ELSE now() + make_interval(secs => new.wait) END,
        message_id = new.message_id, error = new.error, send_alone = new.send_alone,
        lease_owner = NULL, lease_until = NULL,
        finished_at = CASE WHEN new.state NOT IN ('retry', 'unconfirmed') THEN now() END
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::int[], $6::int[], $7::float8[], $8::bigint[],
                $9::text[], $10::boolean[], $11::int[])
      AS new (delivery_id, kind, state, attempts, ambiguous_sends, wait, message_id, error, send_alone,
              ambiguous_sends_before)
    WHERE deliveries.delivery_id = new.delivery_id AND lease_owner = $1 AND deliveries.state = 'sending'
      AND deliveries.ambiguous_sends = new.ambiguous_sends_before
    RETURNING deliveries.chat_id, deliveries.state, deliveries.living_id, deliveries.kind, deliveries.channel
), edited AS (
    UPDATE living_alerts SET edit_at = greatest(edit_at, now())
    FROM (SELECT DISTINCT living_id FROM recorded WHERE living_id IS NOT NULL AND state = 'sent'
            AND kind IN ('living_edit', 'living_refresh')) AS written
    WHERE living_alerts.living_id = written.living_id
    RETURNING living_alerts.living_id
), paced AS (
    UPDATE deliveries SET due_at = greatest(deliveries.due_at, now() + make_interval(secs => $12)),
        coalescing = true
    FROM edited CROSS JOIN LATERAL (
        SELECT delivery_id FROM deliveries AS other
        WHERE other.living_id = edited.living_id AND other.kind IN ('living_edit', 'living_refresh')
          AND other.state IN ('pending', 'retry') OFFSET 0) AS waiting
    WHERE deliveries.delivery_id = waiting.delivery_id
), opened AS (
    UPDATE chats SET suspended_reason = NULL, suspended_at = NULL, suspended_until = NULL, suspended_count = 0
    WHERE suspended_at IS NOT NULL
      AND chat_id IN (SELECT chat_id FROM recorded WHERE state = 'sent' AND channel = 'telegram')
    RETURNING chat_id
), due AS (
    UPDATE deliveries SET due_at = now() FROM opened
    WHERE deliveries.chat_id = opened.chat_id AND state IN ('pending', 'retry') AND due_at > now()
      AND NOT coalescing AND channel = 'telegram'
)
SELECT count(*) FROM recorded
"""

RELEASE = f"""
UPDATE deliveries SET lease_owner = NULL, lease_until = NULL, coalescing = false,
    due_at = CASE WHEN $3 > 0 THEN greatest(now() + make_interval(secs => $3), {_NOT_BEFORE}) ELSE due_at END
WHERE delivery_id = ANY($2::bigint[]) AND lease_owner = $1 AND state IN ('pending', 'retry')
"""

RECOVER = read_statement(__name__, "RECOVER")

CLOSE_FOR_CHAT = """
UPDATE deliveries SET state = 'dead', error = 'chat closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM chats
WHERE state IN ('pending', 'retry', 'deferred', 'unconfirmed') AND chats.chat_id = deliveries.chat_id
  AND chats.closed_at IS NOT NULL
"""

CLOSE_UNFOLLOWED = f"""
UPDATE deliveries SET state = 'suppressed', error = 'no longer followed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE state IN ('pending', 'retry', 'deferred') AND NOT {_FOLLOWED}
"""

# What waits behind another delivery of its chat is not due before that one is, whatever its own time says.
POSTPONED = f"""
SELECT chat_id, lane, min(delivery_id) AS first FROM deliveries
WHERE state IN ('pending', 'retry') AND due_at > now() AND attempts <= {PATIENT_ATTEMPTS} AND NOT coalescing
  AND channel = 'telegram'
GROUP BY chat_id, lane
"""

# A broadcast waits for all others, and is no backlog; what waits for a receiver of pushes is counted apart.
DUE = f"""
FROM deliveries LEFT JOIN ({POSTPONED}) AS postponed USING (chat_id, lane)
WHERE state IN ('pending', 'retry') AND due_at <= now() AND broadcast_id IS NULL AND channel = 'telegram'
  AND (first IS NULL OR delivery_id < first)
"""

BACKLOG = f"""
SELECT count(*) AS due, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest_seconds
{DUE} AND (lease_until IS NULL OR lease_until < now())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits to be sent now, without broadcasts."""

    due: int
    oldest_seconds: float
    """The time that the oldest of them has been due."""


async def mark_sending(database: Database, *, owner: str, delivery_ids: Sequence[int]) -> set[int]:
    """Commit that these are being sent now, and return those that may be sent.

    The others have another owner by now, or their chat was closed, or it follows the wallet no longer, or
    their broadcast was stopped.

    Args:
        database: the transaction may run twice: a commit without an answer is repeated, and counts then.
        owner: who claimed them.
        delivery_ids: of one message, or of several to the same chat.
    """
    tries = itertools.count()

    async def work(connection: Connection) -> list[Row]:
        again = next(tries) > 0
        return await connection.fetch(
            MARK_SENDING, owner, list(delivery_ids), MARK_SECONDS, again, EXPIRING_MARK_SECONDS
        )

    return {row["delivery_id"] for row in await database.repeatable(work)}


async def record_results(database: Database, *, owner: str, transitions: Sequence[DeliveryTransition]) -> int:
    """Record in one transaction what became of deliveries; how many still were those of `owner`.

    Args:
        database: where they are stored.
        owner: who marked them; results of others' deliveries are dropped.
        transitions: what follows from each answer (`domain/delivery/results.py`).
    """
    results = partial(write_results, owner=owner, transitions=transitions)
    return await database.transaction(results)


async def write_results(
    connection: Connection, *, owner: str, transitions: Sequence[DeliveryTransition]
) -> int:
    """The same, in a transaction that records more with it.

    Args:
        connection: in the caller's transaction.
        owner: who marked them.
        transitions: their `ambiguous_sends_before` must stand in the row still, or nothing is written to it.
    """
    rows = [
        (
            *(one.delivery_id, one.kind.value, one.state.value, one.attempts, one.ambiguous_sends, one.wait),
            *(one.message_id, one.error, one.send_alone, one.ambiguous_sends_before),
        )
        for one in transitions
    ]
    count: int = await connection.fetchval(RECORD_RESULTS, owner, *columns(rows, 10), EDIT_SECONDS)
    failpoint("noting")
    return count


async def release(database: Database, *, owner: str, delivery_ids: Sequence[int], wait: float = 0.0) -> None:
    """Give back claims of deliveries that were not sent; they are due again after `wait` seconds.

    Args:
        database: one statement, committed by itself.
        owner: who claimed them; what is marked as `sending` is left as it is.
        delivery_ids: those that were not sent.
        wait: 0: their due time stays.
    """
    await database.execute(RELEASE, owner, list(delivery_ids), wait)


async def recover(database: Database) -> Recovered:
    """Take back what dead senders had marked, to be sent again if its kind and lane allow it."""
    states = [
        (kind.value, before, state_after_ambiguous(kind, before).value)
        for kind in DeliveryKind
        for before in range(_MAX_AMBIGUOUS + 1)
    ]
    rows = await database.fetch(RECOVER, *columns(states, 3), NAMED_AFTER, _MAX_AMBIGUOUS)
    pushes = sum(row["channel"] == "webhook" for row in rows)
    return Recovered(messages=len(rows) - pushes, pushes=pushes)


_MAX_AMBIGUOUS = max(rules.max_ambiguous_sends for rules in KIND_RULES.values())


async def close_undeliverable(database: Database) -> int:
    """End deliveries to chats that were closed and for watches that are gone; how many there were."""
    closed = affected(await database.execute(CLOSE_FOR_CHAT))
    return closed + affected(await database.execute(CLOSE_UNFOLLOWED))


async def backlog(database: Database) -> Backlog:
    """The deliveries that are due and unclaimed, and since when."""
    row = await database.fetchrow(BACKLOG)
    return Backlog(**dict(row)) if row else Backlog(due=0, oldest_seconds=0.0)
