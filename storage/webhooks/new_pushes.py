"""The pushes that follow from what a chat gets: made beside its messages, for each webhook that is on."""

from collections.abc import Collection, Sequence

from storage.postgres import Connection, Database, columns
from storage.sql_files import read_statement

CORRECTED_AFTER = 10.0
"""Seconds in which what becomes known of an alert gathers, so that one correction says it."""

# Of an alert that a chat gets in several topics there is one push. ON CONFLICT: a repeated transaction finds
# its own rows.
PUSH = """
INSERT INTO deliveries (kind, alert_id, chat_id, channel, address, watch_id)
SELECT 'push', alert_id, chat_id, 'webhook', webhook_id::text, min(watch_id)
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (alert_id, chat_id, watch_id)
JOIN webhooks USING (chat_id) WHERE off_at IS NULL
GROUP BY alert_id, chat_id, webhook_id ORDER BY alert_id, chat_id, webhook_id
ON CONFLICT DO NOTHING
"""

PUSH_OUTAGE = """
INSERT INTO deliveries (kind, outage_id, chat_id, events, channel, address)
SELECT 'push_outage', $1, chat_id, events, 'webhook', webhook_id::text
FROM unnest($2::bigint[], $3::bigint[]) AS new (chat_id, events)
JOIN webhooks USING (chat_id) WHERE off_at IS NULL
ON CONFLICT DO NOTHING
"""

CORRECT = read_statement(__name__, "CORRECT")


async def push_alerts(connection: Connection, alerts: Sequence[tuple[int, int, int | None]]) -> None:
    """Make pushes for all webhooks of chats that get alerts.

    Args:
        connection: in the transaction that decides.
        alerts: of each: alert, chat and watch.
    """
    await connection.execute(PUSH, *columns(alerts, 3))


async def push_outage(connection: Connection, outage_id: int, events: Sequence[tuple[int, int]]) -> None:
    """The same for an outage that is over: chats, and how many of their alerts came late.

    Args:
        connection: in the transaction that makes the messages about the outage.
        outage_id: the outage; each webhook gets one push of it.
        events: chat and number.
    """
    await connection.execute(PUSH_OUTAGE, outage_id, *columns(events, 2))


async def correct_pushes(database: Database, alert_ids: Collection[int]) -> None:
    """Make corrections of what was pushed of alerts of which more is known now."""
    await database.execute(CORRECT, list(alert_ids), CORRECTED_AFTER)


async def correct_changed(connection: Connection, alert_id: int) -> None:
    """Push an alert that has changed once more, for whoever may have had it as it was.

    Args:
        connection: in the transaction that changes it.
        alert_id: of it.
    """
    await connection.execute(CORRECT, [alert_id], CORRECTED_AFTER)
