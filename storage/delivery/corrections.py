"""What follows from an alert that died with its fork: nobody is told any more, who was told hears of it.

Everything is derived from what stands in the rows, in steps that may be repeated and stop anywhere: what is
on its way just now is looked at again until it is settled.
"""

from dataclasses import dataclass

from domain.rules.lanes import Lane
from storage.postgres import Connection, Database, affected

BATCH = 5_000
ALERTS = 200

OPEN = """
SELECT alert_id FROM alerts WHERE reverted_at IS NOT NULL AND corrected_at IS NULL ORDER BY alert_id LIMIT $1
"""

# Where an answer was lost the message may stand in the chat. A digest is told all the same, and says it.
SUPPRESS = """
WITH stopped AS (
    UPDATE deliveries SET state = 'suppressed', gate = 'reverted', finished_at = now(),
        lease_owner = NULL, lease_until = NULL
    WHERE delivery_id IN (
        SELECT delivery_id FROM deliveries
        WHERE alert_id = ANY($1::bigint[]) AND state IN ('pending', 'retry', 'deferred') AND digest_id IS NULL
        ORDER BY delivery_id LIMIT $2 FOR UPDATE SKIP LOCKED)
      AND state IN ('pending', 'retry', 'deferred')
    RETURNING delivery_id, chat_id, topic_id, ambiguous_sends
), doubtful AS (
    INSERT INTO system_messages (kind, chat_id, topic_id, delivery_id, lane)
    SELECT 'reply', chat_id, topic_id, delivery_id, $3::smallint FROM stopped WHERE ambiguous_sends > 0
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM stopped
"""

_TOLD = """
(deliveries.state IN ('sent', 'ambiguous')
 OR (deliveries.state = 'digested' AND carrier.state IN ('sent', 'ambiguous')))
AND NOT EXISTS (SELECT FROM system_messages WHERE system_messages.delivery_id = deliveries.delivery_id)
"""
_UNSETTLED = """
(deliveries.state IN ('pending', 'retry', 'deferred', 'sending')
 OR (deliveries.state = 'digested' AND carrier.state IN ('pending', 'retry', 'sending')))
"""
_FROM = """
FROM deliveries LEFT JOIN deliveries AS carrier
  ON carrier.delivery_id = deliveries.digest_id AND deliveries.state = 'digested'
"""

# ruff: noqa: S608 - the parts put in are the constants above
ADDRESS = f"""
INSERT INTO system_messages (kind, chat_id, topic_id, delivery_id, message_id, lane)
SELECT CASE WHEN coalesce(carrier.message_id, deliveries.message_id) IS NULL THEN 'reply' ELSE 'edit' END,
       deliveries.chat_id, deliveries.topic_id, deliveries.delivery_id,
       coalesce(carrier.message_id, deliveries.message_id), $3::smallint
{_FROM} WHERE deliveries.alert_id = ANY($1::bigint[]) AND {_TOLD}
ORDER BY deliveries.delivery_id LIMIT $2
ON CONFLICT DO NOTHING
"""

FINISH = f"""
UPDATE alerts SET corrected_at = now()
WHERE alert_id = ANY($1::bigint[]) AND fanned_out_at IS NOT NULL AND corrected_at IS NULL AND NOT EXISTS (
    SELECT {_FROM} WHERE deliveries.alert_id = alerts.alert_id AND ({_UNSETTLED} OR ({_TOLD})))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """One step."""

    suppressed: int
    """Deliveries that are not sent any more."""
    addressed: int
    """Chats that get a notice."""
    finished: int
    """Alerts of which nothing is left to do."""

    @property
    def has_more(self) -> bool:
        """Whether there may be more to do at once."""
        return bool(self.suppressed or self.addressed)


NOTHING = Corrected(suppressed=0, addressed=0, finished=0)


async def correct_next(database: Database, *, limit: int = BATCH) -> Corrected:
    """Suppress what is not sent yet and address who was told: up to `limit` deliveries of the oldest ones."""

    async def work(connection: Connection) -> Corrected:
        alert_ids = [row["alert_id"] for row in await connection.fetch(OPEN, ALERTS)]
        if not alert_ids:
            return NOTHING
        suppressed = await connection.fetchval(SUPPRESS, alert_ids, limit, Lane.NORMAL.value)
        addressed = await connection.execute(ADDRESS, alert_ids, limit, Lane.NORMAL.value)
        finished = await connection.execute(FINISH, alert_ids)
        return Corrected(suppressed=suppressed, addressed=affected(addressed), finished=affected(finished))

    return await database.transaction(work)
