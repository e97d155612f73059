"""Claims deliveries to send, by lane and fair-queue time, under a lease.

With it comes what they carry, by kind; and what a message that was sent shows.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from domain.delivery.deliveries import MAX_ATTEMPTS, ClaimedDelivery
from domain.delivery.facts import LivingEvents
from domain.delivery.living import MAX_EVENTS
from domain.rules.lanes import Lane
from storage.delivery.contents import delivery_of
from storage.postgres import Connection, Database, Row, columns

log = logging.getLogger(__name__)

# Of rows of deliveries under the name `mine`: all that makes a ClaimedDelivery. What waited for longer than a
# good grade holds (storage/scans/cached.py) tells no grade.
COLUMNS = """
mine.delivery_id, mine.kind, mine.chat_id, mine.topic_id, mine.channel, mine.address, mine.lane,
mine.attempts, mine.ambiguous_sends, mine.send_alone, mine.alert_id, mine.watch_id, mine.reasons,
mine.finished_at AS sent_at,
coalesce(watches.label, '') AS label, has_namesake(watches) AS has_namesake,
alerts.kind AS alert_kind, alerts.payload, alerts.market, alerts.block_time AS happened_at, alerts.created_at,
CASE WHEN alerts.created_at < now() - interval '10 minutes' THEN alerts.late - 'grade'
     WHEN alerts.grade IS NULL THEN alerts.late
     ELSE jsonb_build_object('grade', alerts.grade) || coalesce(alerts.late, '{}') END AS late,
alerts.reverted_at IS NOT NULL AS reverted, mine.events, outages.began_at, outages.ended_at, outages.gaps,
outages.blocks, outages.unread, mine.corrects_id, mine.target_message_id, broadcasts.text,
(SELECT settings FROM chats WHERE chats.chat_id = mine.chat_id) AS settings,
CASE WHEN mine.alert_id IS NOT NULL AND mine.watch_id IS NULL THEN (
    SELECT coalesce(answered.message_id, digest.message_id) FROM alert_chats
    JOIN deliveries AS answered ON answered.alert_id = answers_alert_id
      AND answered.chat_id = alert_chats.chat_id AND answered.topic_id = alert_chats.topic_id
      AND answered.channel = mine.channel
    LEFT JOIN deliveries AS digest ON digest.delivery_id = answered.digest_id
    WHERE alert_chats.alert_id = mine.alert_id AND alert_chats.chat_id = mine.chat_id
      AND alert_chats.topic_id = mine.topic_id LIMIT 1) END AS answers,
mine.living_id, CASE WHEN mine.living_id IS NOT NULL THEN (
    SELECT first.message_id FROM deliveries AS first
    WHERE first.living_id = mine.living_id AND first.kind = 'living' AND first.state = 'sent'
      AND first.message_id IS NOT NULL AND first.topic_id = mine.topic_id
    ORDER BY first.finished_at DESC LIMIT 1) END AS living_message_id
"""

JOINS = """
LEFT JOIN alerts ON alerts.alert_id = mine.alert_id LEFT JOIN watches ON watches.watch_id = mine.watch_id
LEFT JOIN outages ON outages.outage_id = mine.outage_id
LEFT JOIN broadcasts ON broadcasts.broadcast_id = mine.broadcast_id
"""

# ruff: noqa: S608 - the parts put in are the constants above
# A digest is shown by the one delivery that carries it.
OF_MESSAGES = f"""
SELECT {COLUMNS}, mine.message_id
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (chat_id, message_id)
JOIN deliveries AS mine ON mine.chat_id = wanted.chat_id AND mine.message_id = wanted.message_id
{JOINS} WHERE mine.state = 'sent' AND mine.alert_id IS NOT NULL ORDER BY mine.delivery_id
"""

# What waits for an edit stands in it already: an edit shows all that is known, so that none undoes another.
# So does what a digest tells.
OF_LIVING = f"""
SELECT {COLUMNS}, position, count FROM (
    SELECT *, row_number() OVER (PARTITION BY living_id ORDER BY delivery_id DESC) AS position,
           count(*) OVER (PARTITION BY living_id) AS count
    FROM deliveries
    WHERE living_id = ANY($1::bigint[]) AND alert_id IS NOT NULL
      AND state IN ('pending', 'retry', 'sending', 'sent', 'unconfirmed', 'ambiguous', 'deferred',
                    'digested')) AS mine
{JOINS} WHERE position <= $2 ORDER BY mine.delivery_id
"""

BY_ID = f"SELECT {COLUMNS} FROM deliveries AS mine {JOINS} WHERE mine.delivery_id = ANY($1::bigint[])"
LEASE_SECONDS = 30.0
"""The lease of a claim."""
PATIENT_ATTEMPTS = 3
"""Attempts after which later deliveries of a chat no longer wait for a refused one."""
MAX_EACH = 60
"""Deliveries of one destination in one claim: as many as one message may hold."""
MAX_EACH_ALONE = 3
"""The same where each is a message of its own: as many messages as a chat takes at once."""

# One claim at a time, so that two senders never have messages of one chat out of order. The commit does not
# wait for the disk (synchronous_commit off): a crash that undoes a claim undoes no mark, since the mark waits
# for it.
CLAIMING = """
SELECT now(), pg_advisory_xact_lock(hashtext('claim deliveries')),
       set_config('synchronous_commit', 'off', true)
"""

# A claim may be committed although its answer did not arrive. Then no sender works on it, and its deliveries
# would wait for the end of the lease. All rows of one claim have the same lease_until.
# A sender of the next version may be able to read it.
UNREADABLE = """
UPDATE deliveries SET state = CASE WHEN attempts + 1 < $3 THEN 'retry' ELSE 'dead' END,
    attempts = attempts + 1, error = 'it cannot be read', due_at = now() + interval '5 minutes',
    finished_at = CASE WHEN attempts + 1 < $3 THEN finished_at ELSE now() END,
    lease_owner = NULL, lease_until = NULL
WHERE delivery_id = ANY($1::bigint[]) AND lease_owner = $2 AND state IN ('pending', 'retry')
"""

UNDO_CLAIM = """
UPDATE deliveries SET lease_owner = NULL, lease_until = NULL
WHERE lease_owner = $1 AND state IN ('pending', 'retry')
  AND lease_until = $2::timestamptz + make_interval(secs => $3)
"""

# May be sent now: due, and no sender has it.
_FREE = "state <> 'sending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())"

# A late edit goes while no alert is due: `upper` holds what else goes first.
_NOT_LATE = "(mine.kind <> 'late_edit' OR NOT EXISTS (SELECT FROM upper))"

# Later deliveries of the same destination and lane wait for it: a sender has it, or it is soon tried again.
# That is so in chats, which read in order; pushes have a claim of their own (storage/pushes/claims.py).
_BLOCKS = "(coalesce(lease_until > now(), false) OR (due_at > now() AND attempts <= $4 AND NOT coalescing))"
_KEY = "chat_id, channel, address, lane"

# ruff: noqa: S608 - the parts put in are the constants above
_FRONT = f"""
SELECT {_KEY}, fair_queue_at, delivery_id FROM deliveries AS mine
WHERE mine.channel = 'telegram' AND state IN ('pending', 'retry') AND {_FREE} AND NOT EXISTS (
    SELECT FROM deliveries AS earlier
    WHERE earlier.chat_id = mine.chat_id AND earlier.lane = mine.lane
      AND earlier.channel = 'telegram' AND earlier.address = mine.address
      AND earlier.delivery_id < mine.delivery_id AND earlier.state IN ('pending', 'retry', 'sending')
      AND (earlier.lease_until > now()
           OR (earlier.due_at > now() AND earlier.attempts <= $4 AND NOT earlier.coalescing)))
"""

# `front` finds the destinations that come next in the fair queue, lane by lane; `due` finds, for each, what
# else may be sent there, since it may go in the same message. So the backlog of a chat costs one message,
# however many chats wait. MATERIALIZED keeps the planner from making one scan of all rows of both.
# Lanes: 2 normal, 3 bulk, 4 broadcast. A broadcast goes when nothing else is due. The rows of one that is
# stopped are not read: broadcasts come by their own index.
CLAIM = f"""
WITH upper AS MATERIALIZED (
    {_FRONT} AND lane <= least($5, 2) ORDER BY lane, fair_queue_at, delivery_id LIMIT $7
), bulk AS MATERIALIZED (
    {_FRONT} AND lane = 3 AND $5 >= 3 AND {_NOT_LATE} ORDER BY lane, fair_queue_at, delivery_id LIMIT $8
), broadcast AS MATERIALIZED (
    SELECT next.* FROM broadcasts CROSS JOIN LATERAL (
        {_FRONT} AND mine.broadcast_id = broadcasts.broadcast_id ORDER BY delivery_id LIMIT $8) AS next
    WHERE $5 >= 4 AND broadcasts.state <> 'stopped'
      AND NOT EXISTS (SELECT FROM upper) AND NOT EXISTS (SELECT FROM bulk)
    ORDER BY broadcast_id, delivery_id LIMIT $8
), front AS MATERIALIZED (
    SELECT {_KEY}, min(fair_queue_at) AS fair_queue_at, min(delivery_id) AS first
    FROM (SELECT * FROM upper UNION ALL SELECT * FROM bulk UNION ALL SELECT * FROM broadcast) AS next
    GROUP BY {_KEY}
), due AS MATERIALIZED (
    SELECT taken.delivery_id FROM front CROSS JOIN LATERAL (
        SELECT delivery_id, {_FREE} AS free, bool_or({_BLOCKS}) OVER (ORDER BY delivery_id) AS blocked
        FROM deliveries AS mine
        WHERE mine.chat_id = front.chat_id AND mine.lane = front.lane
          AND mine.channel = 'telegram' AND mine.address = front.address
          AND state IN ('pending', 'retry', 'sending') AND (({_FREE}) OR {_BLOCKS}) AND {_NOT_LATE}
        ORDER BY delivery_id LIMIT $6) AS taken
    WHERE free AND NOT blocked ORDER BY front.lane, front.fair_queue_at, front.first, delivery_id LIMIT $2
), mine AS (
    UPDATE deliveries SET lease_owner = $1, lease_until = now() + make_interval(secs => $3)
    FROM due WHERE deliveries.delivery_id = due.delivery_id AND {_FREE}
    RETURNING deliveries.*
)
SELECT {COLUMNS} FROM mine {JOINS} ORDER BY mine.lane, mine.delivery_id
"""


async def deliveries_of_messages(
    database: Database, messages: Collection[tuple[int, int]]
) -> dict[tuple[int, int], list[ClaimedDelivery]]:
    """Every delivery that each message shows, in order, as it stands now.

    Args:
        database: where they are stored.
        messages: chat and message id of each.
    """
    found: dict[tuple[int, int], list[ClaimedDelivery]] = {message: [] for message in messages}
    for row in await database.fetch(OF_MESSAGES, *columns(list(found), 2)):
        found[row["chat_id"], row["message_id"]].append(delivery_of(row))
    return found


async def events_of_living(database: Database, living_ids: Collection[int]) -> dict[int, LivingEvents]:
    """What the message of each living alert shows, as it stands now; what cannot be read counts as older."""
    found: dict[int, list[ClaimedDelivery]] = {living_id: [] for living_id in living_ids}
    counts = dict.fromkeys(living_ids, 0)
    for row in await database.fetch(OF_LIVING, list(living_ids), MAX_EVENTS):
        counts[row["living_id"]] = row["count"]
        try:
            found[row["living_id"]].append(delivery_of(row))
        except Exception:
            log.exception("Event %d of a position cannot be read", row["delivery_id"])
    return {
        living_id: LivingEvents(deliveries=events, older=counts[living_id] - len(events))
        for living_id, events in found.items()
    }


async def deliveries_by_id(database: Database, delivery_ids: Collection[int]) -> dict[int, ClaimedDelivery]:
    """Deliveries as they stand now; those that retention deleted are missing."""
    rows = await database.fetch(BY_ID, list(delivery_ids))
    return {row["delivery_id"]: delivery_of(row) for row in rows}


async def claim(  # noqa: PLR0913 - each of them limits another thing
    database: Database,
    *,
    owner: str,
    limit: int,
    up_to: Lane = Lane.BROADCAST,
    chats: int | None = None,
    spare_chats: int | None = None,
    each: int = MAX_EACH,
) -> list[ClaimedDelivery]:
    """Take the right to send up to `limit` due deliveries until a lease ends, by lane and fair-queue time.

    Deliveries of one destination and lane come together and in their order: none is claimed while a sender
    has an earlier one, or while an earlier one is soon tried again.

    Args:
        database: where deliveries are stored.
        owner: the sender.
        limit: deliveries at most.
        up_to: the last lane to take from.
        chats: destinations at most in the lanes down to NORMAL; None: as many as there are deliveries.
        spare_chats: the same in the lanes below.
        each: deliveries of one destination and lane at most.
    """
    front = limit if chats is None else chats
    spare_front = front if spare_chats is None else spare_chats
    tries: list[datetime] = []

    async def work(connection: Connection) -> Sequence[Row]:
        now = await connection.fetchval(CLAIMING)
        for earlier in tries:
            await connection.execute(UNDO_CLAIM, owner, earlier, LEASE_SECONDS)
        tries.append(now)
        return await connection.fetch(
            CLAIM, owner, limit, LEASE_SECONDS, PATIENT_ATTEMPTS, up_to.value, each, front, spare_front
        )

    return await readable(database, owner, await database.transaction(work))


async def readable(database: Database, owner: str, rows: Sequence[Row]) -> list[ClaimedDelivery]:
    """Return what can be read of these; the others wait, so that they hold up nobody.

    Args:
        database: where those that cannot be read are put off.
        owner: who has just claimed the rows.
        rows: of a claim statement; one bad row must not stop the others.
    """
    found, unreadable = [], []
    for row in rows:
        try:
            found.append(delivery_of(row))
        except Exception:
            log.exception("Delivery %d cannot be read", row["delivery_id"])
            unreadable.append(row["delivery_id"])
    if unreadable:
        await database.execute(UNREADABLE, unreadable, owner, MAX_ATTEMPTS)
    return found
