"""Messages that wait for one chat: they end when it is closed, and follow its new id and its settings."""

from datetime import datetime

from storage.postgres import Connection

END_WAITING = """
UPDATE deliveries SET state = 'dead', error = 'chat was closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND state IN ('pending', 'retry', 'deferred', 'unconfirmed')
"""

MAKE_DUE = """
UPDATE deliveries SET due_at = now()
WHERE chat_id = $1 AND state IN ('pending', 'retry') AND due_at > now() AND NOT coalescing
"""

# Of what both ids got, the one of the new id stays; the other is deleted with the old chat.
MOVE_DELIVERIES = """
UPDATE deliveries SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM deliveries AS other
    WHERE other.alert_id = deliveries.alert_id AND other.chat_id = $2 AND other.topic_id = deliveries.topic_id
      AND other.channel = deliveries.channel AND other.address = deliveries.address)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.outage_id = deliveries.outage_id AND other.chat_id = $2)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.broadcast_id = deliveries.broadcast_id AND other.chat_id = $2)
"""

# A digest whose carrier stays behind is gathered anew in the new chat.
DEFER_AGAIN = """
UPDATE deliveries SET state = 'deferred', digest_id = NULL, finished_at = NULL, due_at = now()
WHERE chat_id = $2 AND state = 'digested' AND digest_id IN (
    SELECT delivery_id FROM deliveries WHERE chat_id = $1 AND state IN ('pending', 'retry', 'sending'))
"""

POSTPONE_DEFERRED = "UPDATE deliveries SET due_at = $2 WHERE chat_id = $1 AND state = 'deferred'"

# The line about an outage waits for the same time as the digest; one that was tried already has a time of its
# own.
POSTPONE_OUTAGES = """
UPDATE deliveries SET due_at = $2, fair_queue_at = $2, coalescing = $2 > now()
WHERE chat_id = $1 AND kind = 'outage' AND state = 'pending' AND attempts = 0
"""


async def end_waiting(connection: Connection, chat_id: int) -> None:
    """End every message that waits for the chat."""
    await connection.execute(END_WAITING, chat_id)


async def make_due(connection: Connection, chat_id: int) -> None:
    """Let what was put off for the chat be tried at once."""
    await connection.execute(MAKE_DUE, chat_id)


async def move_messages(connection: Connection, *, old_id: int, new_id: int) -> None:
    """Give the messages of a group to its new id; what the new id has already stays as it is there."""
    for statement in (MOVE_DELIVERIES, DEFER_AGAIN):
        await connection.execute(statement, old_id, new_id)


async def set_deferred_due(connection: Connection, chat_id: int, due_at: datetime) -> None:
    """Make deferred deliveries of the chat due at another time, with the lines about outages beside them."""
    for statement in (POSTPONE_DEFERRED, POSTPONE_OUTAGES):
        await connection.execute(statement, chat_id, due_at)
