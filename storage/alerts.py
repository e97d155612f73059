"""Alerts on their way to deliveries: the resumable fan-out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from domain.activity import Activity
from domain.decisions import NO_FACTS, Decision, Facts
from domain.reasons import reasons_text
from domain.watches import Watch
from storage.facts import facts_for, note_price
from storage.postgres import Connection, Database, Row, columns
from storage.watches import watch_of

Decide = Callable[[Watch, "Alert"], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An activity worth telling, as it stands in PostgreSQL."""

    alert_id: int
    activity: Activity
    created_at: datetime
    """When it was stored."""
    now: datetime
    """The database's clock at the time of the fan-out."""
    happened_at: datetime
    """The block's time, or when it was stored."""
    facts: Facts = NO_FACTS
    """What the rules of its watches may ask for."""


CLAIM_ALERT = """
SELECT alert_id, wallet_id, payload, created_at, block_time, last_watch_id, now() AS now FROM alerts
WHERE fanned_out_at IS NULL
ORDER BY alert_id LIMIT 1
FOR UPDATE SKIP LOCKED
"""

WATCHES_OF_WALLET = """
SELECT watch_id, chat_id, topic_id, chain, address AS wallet, label, muted_until, watches.created_at,
       closed_at IS NOT NULL AS chat_closed, watches.rules, chats.settings,
       CASE WHEN chats.settings ? 'per_hour' THEN (
           SELECT count(*) FROM deliveries
           WHERE deliveries.chat_id = watches.chat_id AND gate = 'wanted'
             AND deliveries.created_at >= date_trunc('hour', now())
       ) ELSE 0 END AS told_this_hour
FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
WHERE wallet_id = $1 AND watch_id > $2
ORDER BY watch_id LIMIT $3
"""

INSERT_DELIVERIES = """
INSERT INTO deliveries (alert_id, chat_id, topic_id, watch_id, state, gate, due_at, reasons)
SELECT $1, chat_id, topic_id, watch_id, state, gate, coalesce(due_at, now()), reasons
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[])
  AS new (chat_id, topic_id, watch_id, state, gate, due_at, reasons)
ON CONFLICT DO NOTHING
"""

ADVANCE = """
UPDATE alerts SET last_watch_id = $2, fanned_out_at = CASE WHEN $3 THEN now() END WHERE alert_id = $1
"""


async def fan_out_next(database: Database, decide: Decide, *, most: int = 5_000) -> int | None:
    """Decide the oldest open alert for its next `most` watches, in one transaction.

    A kill in between costs nothing: what was committed stays, the rest is decided by whoever comes next.

    Returns:
        How many of the decisions were yes; None when no alert is open (or others hold them all).
    """

    async def work(connection: Connection) -> int | None:
        row = await connection.fetchrow(CLAIM_ALERT)
        if row is None:
            return None
        alert = _alert(row)
        found = await connection.fetch(WATCHES_OF_WALLET, row["wallet_id"], row["last_watch_id"], most)
        watches = [watch_of(one) for one in found]
        await note_price(connection, alert.activity, alert.happened_at)
        facts = await facts_for(connection, alert.activity, alert.happened_at, watches)
        rows = [_delivery(watch, replace(alert, facts=facts), decide) for watch in watches]
        await connection.execute(INSERT_DELIVERIES, alert.alert_id, *columns(rows, 7))
        last = watches[-1].watch_id if watches else row["last_watch_id"]
        await connection.execute(ADVANCE, alert.alert_id, last, len(watches) < most)
        return sum(delivery[3] == "pending" for delivery in rows)

    return await database.transaction(work)


async def open_alerts(database: Database) -> int:
    """How many alerts are not fanned out yet."""
    return int(await database.fetchval("SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL"))


def _alert(row: Row) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        activity=msgspec.json.decode(row["payload"], type=Activity),
        created_at=row["created_at"],
        now=row["now"],
        happened_at=row["block_time"],
    )


_Row = tuple[int, int, int, str, str, datetime | None, str | None]


def _delivery(watch: Watch, alert: Alert, decide: Decide) -> _Row:
    decision = decide(watch, alert)
    reasons = reasons_text(watch, alert.facts, decision)
    return (
        watch.chat_id,
        watch.topic_id,
        watch.watch_id,
        decision.state.value,
        decision.gate.value,
        decision.due_at,
        reasons,
    )
