"""Late facts of alerts: stored after the decision, and shown by one edit of each message.

add (whoever finds something out) ──> one edit of each message that shows the alert alone ──> expired, or sent

Every edit is a delivery of the outbox, so that a process which dies loses none and makes none twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.prices import MarketFacts, read_market
from domain.alerts.kinds import AlertEvent, read_event
from domain.alerts.late_facts import (
    EDIT_AFTER_SECONDS,
    EXPIRES_SECONDS,
    NOTHING_LATE,
    READ_AFTER_SECONDS,
    LateFacts,
)
from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from domain.delivery.living import EDIT_SECONDS
from storage.postgres import Connection, Database, Row, affected, columns
from storage.sql_files import read_statement
from storage.webhooks.new_pushes import correct_pushes

BATCH = 500
MAX_WATCHES = 1_000
"""An alert of more watches is not edited: within a minute Telegram takes no more edits than this."""
MAX_LOOKBACK = 5_000
"""Alerts that a reader considers which has just begun."""

ADD = """
UPDATE alerts SET late = coalesce(alerts.late, '{}') || new.late
FROM unnest($1::bigint[], $2::jsonb[]) AS new (alert_id, late) WHERE alerts.alert_id = new.alert_id
"""


TO_COMPLETE = read_statement(__name__, "TO_COMPLETE")

# While an alert is due no edit is made; the next step makes it. A message that shows several alerts is left
# alone, and so are digests.
_RIPE = """
WITH ripe AS (
    SELECT alert_id, created_at FROM alerts
    WHERE late IS NOT NULL AND late_edited_at IS NULL AND watches_decided <= $4
      AND created_at BETWEEN now() - make_interval(secs => $3) AND now() - make_interval(secs => $2)
      AND NOT EXISTS (SELECT FROM deliveries
                      WHERE state IN ('pending', 'retry') AND lane <= 2 AND due_at <= now()
                        AND channel = 'telegram')
    ORDER BY alert_id LIMIT $1
)
"""

# ruff: noqa: S608 - the part put in is the constant above
EDIT = f"""{_RIPE}
INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, corrects_id, target_message_id, lane,
    expires_at)
SELECT $6, original.chat_id, original.topic_id, original.channel, original.address, original.delivery_id,
       original.message_id, $5::smallint, ripe.created_at + make_interval(secs => $3)
FROM ripe JOIN deliveries AS original ON original.alert_id = ripe.alert_id
WHERE original.kind = 'alert' AND original.state = 'sent' AND original.message_id IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.chat_id = original.chat_id
      AND other.message_id = original.message_id AND other.delivery_id <> original.delivery_id)
ON CONFLICT DO NOTHING
"""

# Where a position is one message, this is one of its edits: no sooner than the others allow, and one for all
# that waits.
REFRESH = f"""{_RIPE}, delivered AS (
    SELECT DISTINCT ON (living_id) delivery_id, living_id, deliveries.chat_id, deliveries.topic_id, channel,
           address, ripe.created_at
    FROM ripe JOIN deliveries USING (alert_id)
    WHERE kind IN ('living', 'living_edit') AND state = 'sent' ORDER BY living_id, delivery_id DESC
), due AS (
    SELECT living_id, lane, CASE WHEN edit_at > now() THEN edit_at
               ELSE greatest(now(), edit_at + make_interval(secs => $5)) END AS at
    FROM delivered JOIN living_alerts USING (living_id)
), paced AS (
    UPDATE living_alerts SET edit_at = due.at FROM due WHERE living_alerts.living_id = due.living_id
)
INSERT INTO deliveries (kind, living_id, chat_id, topic_id, channel, address, corrects_id, lane, due_at,
    coalescing, expires_at)
SELECT $6, living_id, chat_id, topic_id, channel, address, delivery_id, due.lane, due.at, true,
       created_at + make_interval(secs => $3)
FROM delivered JOIN due USING (living_id)
ON CONFLICT DO NOTHING
"""

FINISH = read_statement(__name__, "FINISH")

EXPIRE = """
UPDATE deliveries SET state = 'suppressed', error = 'too late', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE expires_at < now() AND state IN ('pending', 'retry')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UneditedAlert:
    """An alert to whose message something may be added."""

    alert_id: int
    event: AlertEvent
    market: MarketFacts
    decided_at: datetime
    is_sent: bool
    """Whether a message shows it alone, or will."""


async def add_late_facts(database: Database, late: Mapping[int, LateFacts]) -> None:
    """Put facts beside alerts, by id; what stands there already and is not given stays."""
    rows = [
        (alert_id, msgspec.json.encode(facts).decode())
        for alert_id, facts in sorted(late.items())
        if facts != NOTHING_LATE
    ]
    if rows:
        await database.execute(ADD, *columns(rows, 2))
        await correct_pushes(database, [alert_id for alert_id, _ in rows])


async def alerts_to_complete(database: Database, *, chain: str, after: int) -> list[UneditedAlert]:
    """Alerts some seconds old, in order; with fewer than `BATCH` there are no more at present.

    Args:
        database: where they are stored.
        chain: whose alerts.
        after: the last alert that was considered; 0: none.
    """
    rows = await database.fetch(
        TO_COMPLETE, after, MAX_LOOKBACK, chain, READ_AFTER_SECONDS, EXPIRES_SECONDS / 2, BATCH
    )
    return [_unedited(row) for row in rows]


def _unedited(row: Row) -> UneditedAlert:
    return UneditedAlert(
        alert_id=row["alert_id"],
        event=read_event(row["kind"], row["payload"]),
        market=read_market(row["market"]),
        decided_at=row["fanned_out_at"],
        is_sent=row["is_sent"],
    )


async def edit_next(database: Database) -> int:
    """Make the edits that may be made now, and end those that are too late; how many were made."""

    async def work(connection: Connection) -> int:
        lane, kind = KIND_RULES[DeliveryKind.LATE_EDIT].lane.value, DeliveryKind.LATE_EDIT.value
        ripe = (BATCH, EDIT_AFTER_SECONDS, EXPIRES_SECONDS, MAX_WATCHES)
        made = await connection.execute(EDIT, *ripe, lane, kind)
        refresh = DeliveryKind.LIVING_REFRESH.value
        refreshed = await connection.execute(REFRESH, *ripe, EDIT_SECONDS, refresh)
        await connection.execute(FINISH, EXPIRES_SECONDS, MAX_WATCHES)
        await connection.execute(EXPIRE)
        return affected(made) + affected(refreshed)

    return await database.transaction(work)
