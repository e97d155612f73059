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
from storage.sql_files import read_statement
from storage.webhooks.new_pushes import push_outage

BATCH = 2_000
APART_SECONDS = 900.0
"""The least time between two announcements; outages that follow sooner are announced as one."""

NEXT = read_statement(__name__, "NEXT")

# Chats by id from where the last step ended. One message a chat: in a forum it goes to one of its topics.
CHATS = """
SELECT chats.chat_id, min(watches.topic_id) AS topic_id, chats.settings, array_agg(address) AS wallets
FROM chats JOIN watches USING (chat_id) JOIN wallets USING (wallet_id)
WHERE ($1::bigint IS NULL OR chats.chat_id > $1) AND chats.closed_at IS NULL AND wallets.chain = $2
  AND watches.created_at < $3 AND (muted_until IS NULL OR muted_until < now())
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = chats.chat_id)
GROUP BY chats.chat_id ORDER BY chats.chat_id LIMIT $4
"""

EVENTS = read_statement(__name__, "EVENTS")

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

NAME = read_statement(__name__, "NAME")
CONTENTS = read_statement(__name__, "CONTENTS")


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
