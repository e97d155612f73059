"""Alerts of patterns: of one wallet, for all that follow it; of several, which change as owners join."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.alerts.kinds import AlertEvent, kind_of, rules_of
from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from storage.postgres import Connection, columns
from storage.sql_files import read_statement
from storage.webhooks.new_pushes import correct_changed

INSERT_WALLET_ALERT = """
INSERT INTO alerts (chain, kind, subject, sort, payload, block_time, wallet_id)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING alert_id
"""

# The fan-out waits for this row, or has passed it.
LOCK_CHATS_OF = """
SELECT (SELECT count(*) FROM alert_chats WHERE alert_chats.alert_id = alerts.alert_id) AS chats
FROM alerts WHERE alert_id = $1 FOR UPDATE
"""
CHANGE_PAYLOAD = "UPDATE alerts SET payload = $2 WHERE alert_id = $1"

# These chats have their own from now on; what the others read does not change.
SPLIT = """
INSERT INTO alerts (chain, kind, subject, sort, payload, market, block_time, created_at, fanned_out_at)
SELECT chain, kind, subject, sort, $2, market, block_time, created_at, fanned_out_at
FROM alerts WHERE alert_id = $1 RETURNING alert_id
"""
MOVE_CHATS = """
UPDATE alert_chats SET alert_id = $2
FROM unnest($3::bigint[], $4::bigint[]) AS moved (chat_id, topic_id)
WHERE alert_id = $1 AND alert_chats.chat_id = moved.chat_id AND alert_chats.topic_id = moved.topic_id
"""
# Of a chat that has it in several topics there is one push.
MOVE_DELIVERIES = """
UPDATE deliveries SET alert_id = $2
FROM unnest($3::bigint[], $4::bigint[]) AS moved (chat_id, topic_id)
WHERE alert_id = $1 AND deliveries.chat_id = moved.chat_id
  AND (deliveries.topic_id = moved.topic_id OR deliveries.channel = 'webhook')
"""

EDIT_MESSAGES = read_statement(__name__, "EDIT_MESSAGES")
# The same edit once more, some seconds after it was made.
EDIT_AGAIN = """
UPDATE deliveries AS edit SET state = 'pending', attempts = 0, ambiguous_sends = 0, error = NULL,
    due_at = greatest(now(), edit.finished_at + make_interval(secs => $2)), finished_at = NULL,
    expires_at = now() + interval '1 hour'
FROM deliveries AS original
WHERE original.alert_id = $1 AND original.kind = 'alert' AND edit.corrects_id = original.delivery_id
  AND edit.kind = 'late_edit' AND edit.state NOT IN ('pending', 'retry', 'sending')
"""
EDIT_SECONDS = 10.0
"""Between two edits of one message."""


async def insert_wallet_alert(
    connection: Connection, event: AlertEvent, *, wallet_id: int, happened_at: datetime
) -> int:
    """Store an alert for all that follow a wallet, in the transaction of what it reports; its id.

    Args:
        connection: in the transaction of what it reports.
        event: of a kind whose rules name chain, subject and sort.
        wallet_id: the row of the wallet; its watches at fan-out decide who gets it.
        happened_at: block time of the last event in it.
    """
    rules = rules_of(event)
    alert_id: int = await connection.fetchval(
        INSERT_WALLET_ALERT,
        rules.chain(event),
        kind_of(event).value,
        rules.subject(event),
        rules.sort(event),
        msgspec.json.encode(event).decode(),
        happened_at,
        wallet_id,
    )
    return alert_id


async def replace_chat_alert(
    connection: Connection, alert_id: int, event: AlertEvent, *, chats: Sequence[tuple[int, int]]
) -> int:
    """Let these chats read another event in place of the one they got; the id of their alert from now on.

    Args:
        connection: in the transaction of what the event reports.
        alert_id: the alert that they got.
        event: what they read now.
        chats: chat and topic of each.
    """
    new_id = await split_chat_alert(connection, alert_id, event, chats=chats)
    lane = KIND_RULES[DeliveryKind.LATE_EDIT].lane.value
    await connection.execute(EDIT_AGAIN, new_id, EDIT_SECONDS)
    await connection.execute(EDIT_MESSAGES, new_id, lane)
    await correct_changed(connection, new_id)
    return new_id


async def split_chat_alert(
    connection: Connection, alert_id: int, event: AlertEvent, *, chats: Sequence[tuple[int, int]]
) -> int:
    """Put another event in place of the one that these chats got; no message is edited. The id of theirs.

    The others keep theirs as it was. One that follows from a wallet has no chats, and changes for all.

    Args:
        connection: in the transaction of what the event reports.
        alert_id: the alert that they got; its row is locked, so that fan-out sees all or nothing.
        event: what stands in its place for them.
        chats: chat and topic of each; if that is all whom it went to, the alert changes and no second one is
            made.
    """
    payload = msgspec.json.encode(event).decode()
    known = await connection.fetchval(LOCK_CHATS_OF, alert_id)
    if known is not None and known <= len(chats):
        await connection.execute(CHANGE_PAYLOAD, alert_id, payload)
        return alert_id
    new_id: int = await connection.fetchval(SPLIT, alert_id, payload) or alert_id
    for statement in (MOVE_CHATS, MOVE_DELIVERIES):
        await connection.execute(statement, alert_id, new_id, *columns(chats, 2))
    return new_id
