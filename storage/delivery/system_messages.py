"""Messages of the system itself: about an outage that is over, and about alerts that may not have arrived.

The first go to each chat whose wallets the outage touched, in batches. Of the second each chat gets one
line that names the alerts of which nobody can tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.prices import read_market
from domain.alerts.kinds import read_event
from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from domain.delivery.facts import DigestEntry
from domain.rules.quiet import next_sending
from domain.sharding import bucket_of
from storage.chats.rules import settings_or_default
from storage.delivery.contents import label_of
from storage.postgres import Connection, Database, Row, columns
from storage.webhooks.new_pushes import push_outage

BATCH = 2_000
APART_SECONDS = 900.0
"""The least time between two announcements; outages that follow sooner are announced as one."""

# An outage that is over for long enough, and whose late alerts are all decided, so that their number is
# known. SKIP LOCKED: another dispatcher may be at work for it.
NEXT = """
SELECT outage_id, chain, buckets, ended_at, last_chat_id, now() AS now FROM outages
WHERE announced_at IS NULL AND ended_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (
      SELECT FROM alerts
      WHERE fanned_out_at IS NULL AND failures = 0 AND alert_id <= outages.upto_alert_id)
  AND (announcing_at IS NOT NULL OR NOT EXISTS (
      SELECT FROM outages AS earlier WHERE earlier.chain = outages.chain
        AND earlier.announcing_at > now() - make_interval(secs => $2)))
ORDER BY outage_id LIMIT 1
FOR UPDATE SKIP LOCKED
"""

# Chats by id from where the last step ended. One message a chat: in a forum it goes to one of its topics.
CHATS = """
SELECT chats.chat_id, min(watches.topic_id) AS topic_id, chats.settings, array_agg(address) AS wallets
FROM chats JOIN watches USING (chat_id) JOIN wallets USING (wallet_id)
WHERE ($1::bigint IS NULL OR chats.chat_id > $1) AND chats.closed_at IS NULL AND wallets.chain = $2
  AND watches.created_at < $3 AND (muted_until IS NULL OR muted_until < now())
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = chats.chat_id)
GROUP BY chats.chat_id ORDER BY chats.chat_id LIMIT $4
"""

# Late events are those whose slot lies within the outage, among the alerts that were stored since it began.
EVENTS = """
SELECT chat_id, count(*) AS events
FROM outages JOIN alerts ON alerts.chain = outages.chain
  AND alerts.alert_id > after_alert_id AND alerts.alert_id <= upto_alert_id
  AND slots @> (alerts.payload->>'slot')::bigint AND reverted_at IS NULL
JOIN deliveries USING (alert_id)
WHERE outages.outage_id = $1 AND deliveries.state <> 'suppressed' AND chat_id = ANY($2::bigint[])
  AND deliveries.channel = 'telegram'
GROUP BY chat_id
"""

# A message that waits for the end of quiet hours delays no other (coalescing).
ADDRESS = """
INSERT INTO deliveries (kind, outage_id, chat_id, topic_id, events, lane, due_at, fair_queue_at, coalescing)
SELECT 'outage', $1, chat_id, topic_id, events, $6, due_at, due_at, due_at > now()
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[])
  AS new (chat_id, topic_id, events, due_at)
ON CONFLICT DO NOTHING
"""

ADVANCE = """
UPDATE outages SET last_chat_id = coalesce($2, last_chat_id), announcing_at = coalesce(announcing_at, now()),
    announced_at = CASE WHEN $3 THEN now() END,
    unread = (SELECT coalesce(sum(coalesce(last_slot, slot) - slot + 1), 0) FROM quarantine
              WHERE quarantine.chain = outages.chain AND position = -1 AND signature IS NULL
                AND decoded_at IS NULL AND slots && int8range(slot, coalesce(last_slot, slot), '[]'))
WHERE outage_id = $1
"""

NAMING = "SELECT pg_advisory_xact_lock(hashtext('name unconfirmed'))"

# When one delivery of a chat is due to be named, all of the chat are. One statement decides which line names
# which, so that none is named twice and none is ambiguous for good without its line.
NAME = """
WITH ready AS (
    SELECT DISTINCT chat_id FROM deliveries WHERE state = 'unconfirmed' AND due_at <= now() LIMIT $1
), open AS (
    SELECT delivery_id, chat_id, topic_id, channel, address FROM deliveries JOIN ready USING (chat_id)
    WHERE state = 'unconfirmed'
), lines AS (
    INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, lane)
    SELECT 'unconfirmed_alerts', chat_id, min(topic_id), channel, address, $2
    FROM open GROUP BY chat_id, channel, address
    RETURNING delivery_id, chat_id, channel, address
)
UPDATE deliveries SET state = 'ambiguous', finished_at = now(), named_by_id = lines.delivery_id
FROM open JOIN lines USING (chat_id, channel, address)
WHERE deliveries.delivery_id = open.delivery_id
RETURNING deliveries.delivery_id
"""

# A digest stands for all that it holds.
CONTENTS = """
SELECT named.named_by_id, coalesce(label, '') AS label, has_namesake(watches) AS has_namesake,
       alerts.subject, alerts.sort, alerts.payload, alerts.market,
       alerts.kind, alerts.block_time AS happened_at
FROM deliveries AS named
JOIN deliveries AS alert ON alert.delivery_id = named.delivery_id
    OR (named.kind = 'digest' AND alert.digest_id = named.delivery_id)
JOIN alerts ON alerts.alert_id = alert.alert_id LEFT JOIN watches ON watches.watch_id = alert.watch_id
WHERE named.named_by_id = ANY($1::bigint[])
ORDER BY named.named_by_id, alerts.block_time, alert.delivery_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """What one step did."""

    chats: int
    """Chats that get a message."""
    is_last: bool
    """Whether every chat of the outage has its message now."""


async def address_next(
    database: Database, *, stable_seconds: float, apart_seconds: float = APART_SECONDS, limit: int = BATCH
) -> Addressed | None:
    """Make the messages for the next chats of an outage that is over; None: none is to be announced now.

    Args:
        database: where outages are stored.
        stable_seconds: how long the feed must have had no gap, since the next one may come at once.
        apart_seconds: the least time since the announcement before.
        limit: chats examined at most.
    """

    async def work(connection: Connection) -> Addressed | None:
        outage = await connection.fetchrow(NEXT, stable_seconds, apart_seconds)
        if outage is None:
            return None
        rows = await connection.fetch(
            CHATS, outage["last_chat_id"], outage["chain"], outage["ended_at"], limit
        )
        touched = [row for row in rows if _is_touched(row, outage["buckets"])]
        await _address(connection, outage, touched)
        is_last = len(rows) < limit
        last = rows[-1]["chat_id"] if rows else None
        await connection.execute(ADVANCE, outage["outage_id"], last, is_last)
        return Addressed(chats=len(touched), is_last=is_last)

    return await database.transaction(work)


async def _address(connection: Connection, outage: Row, chats: Sequence[Row]) -> None:
    chat_ids = [row["chat_id"] for row in chats]
    found = await connection.fetch(EVENTS, outage["outage_id"], chat_ids)
    events = {row["chat_id"]: row["events"] for row in found}
    messages = [_message(row, events, outage["now"]) for row in chats]
    lane = KIND_RULES[DeliveryKind.OUTAGE].lane.value
    await connection.execute(ADDRESS, outage["outage_id"], *columns(messages, 4), lane)
    await push_outage(connection, outage["outage_id"], [(chat, events.get(chat, 0)) for chat in chat_ids])


def _message(chat: Row, events: Mapping[int, int], now: datetime) -> tuple[int, int, int, datetime]:
    """The row of one chat; it is due with the next digest of the chat, and not in its quiet hours."""
    due_at = next_sending(settings_or_default(chat["settings"], chat_id=chat["chat_id"]), now)
    return chat["chat_id"], chat["topic_id"], events.get(chat["chat_id"], 0), due_at


def _is_touched(chat: Row, buckets: Sequence[int] | None) -> bool:
    """Return whether a wallet that the chat follows was among those that were not seen."""
    return buckets is None or any(bucket_of(wallet) in buckets for wallet in chat["wallets"])


async def name_unconfirmed(database: Database, *, limit: int = 500) -> int:
    """Make the lines for up to `limit` chats in which something is due to be named; how many it names."""
    lane = KIND_RULES[DeliveryKind.UNCONFIRMED_ALERTS].lane.value

    async def work(connection: Connection) -> int:
        await connection.execute(NAMING)
        return len(await connection.fetch(NAME, limit, lane))

    return await database.transaction(work)


async def named_alerts(database: Database, line_ids: Sequence[int]) -> dict[int, list[DigestEntry]]:
    """The alerts that each line names, the oldest first."""
    found: dict[int, list[DigestEntry]] = {line_id: [] for line_id in line_ids}
    for row in await database.fetch(CONTENTS, list(line_ids)):
        found[row["named_by_id"]].append(_entry(row))
    return found


def _entry(row: Row) -> DigestEntry:
    return DigestEntry(
        label=label_of(row, row["subject"]),
        subject=row["subject"],
        sort=row["sort"],
        number=1,
        event=read_event(row["kind"], row["payload"]),
        happened_at=row["happened_at"],
        market=read_market(row["market"]),
    )
