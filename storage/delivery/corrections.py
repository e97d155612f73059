"""Corrections of alerts whose block was dropped with its fork: not sent, or edited.

Each step derives from the rows what is left to do, so that it may be repeated and may stop anywhere. A
delivery that is being sent now is examined again until it is finished.
"""

from dataclasses import dataclass

from domain.delivery.deliveries import KIND_RULES, DeliveryKind
from storage.delivery.living_alerts import undo_events
from storage.paper.late import forget_trades
from storage.postgres import Connection, Database, affected
from storage.sql_files import read_statement

BATCH = 5_000
ALERTS = 200

OPEN = """
SELECT alert_id FROM alerts WHERE reverted_at IS NOT NULL AND corrected_at IS NULL ORDER BY alert_id LIMIT $1
"""

SUPPRESS = read_statement(__name__, "SUPPRESS")

# Whoever reads of it after it was reverted would take it for real.
SUPPRESS_CORRECTIONS = """
UPDATE deliveries SET state = 'suppressed', gate = 'reverted', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE kind = 'push_correction' AND state IN ('pending', 'retry') AND corrects_id IN (
    SELECT delivery_id FROM deliveries WHERE alert_id = ANY($1::bigint[]) AND channel = 'webhook')
"""

# A push that was given up may have been taken all the same, by one of its tries.
_TO_CORRECT = """
(deliveries.state IN ('sent', 'unconfirmed', 'ambiguous')
 OR (deliveries.channel = 'webhook' AND deliveries.state IN ('dead', 'suppressed')
     AND (deliveries.attempts > 0 OR deliveries.ambiguous_sends > 0 OR deliveries.was_pushed))
 OR (deliveries.state = 'digested' AND carrier.state IN ('sent', 'unconfirmed', 'ambiguous')))
AND NOT EXISTS (SELECT FROM deliveries AS correction
    WHERE correction.corrects_id = deliveries.delivery_id
      AND correction.kind NOT IN ('late_edit', 'living_refresh', 'push_correction'))
"""
_UNFINISHED = """
(deliveries.state IN ('pending', 'retry', 'deferred', 'sending')
 OR (deliveries.state = 'digested' AND carrier.state IN ('pending', 'retry', 'sending')))
"""
_FROM = """
FROM deliveries LEFT JOIN deliveries AS carrier
  ON carrier.delivery_id = deliveries.digest_id AND deliveries.state = 'digested'
"""

# ruff: noqa: S608 - the parts put in are the constants above
# All edits of a position's message go in one lane, one after the other.
ADDRESS = f"""
INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, corrects_id, target_message_id, lane)
SELECT CASE WHEN deliveries.channel = 'webhook' THEN 'push_reversal'
            WHEN coalesce(carrier.message_id, deliveries.message_id) IS NULL
            THEN 'correction_reply' ELSE 'correction' END,
       deliveries.chat_id, deliveries.topic_id, deliveries.channel, deliveries.address,
       deliveries.delivery_id, coalesce(carrier.message_id, deliveries.message_id),
       CASE WHEN deliveries.living_id IS NULL THEN $3::smallint ELSE deliveries.lane END
{_FROM} WHERE deliveries.alert_id = ANY($1::bigint[]) AND {_TO_CORRECT}
ORDER BY deliveries.delivery_id LIMIT $2
ON CONFLICT DO NOTHING
"""

FINISH = f"""
UPDATE alerts SET corrected_at = now()
WHERE alert_id = ANY($1::bigint[]) AND fanned_out_at IS NOT NULL AND corrected_at IS NULL AND NOT EXISTS (
    SELECT {_FROM} WHERE deliveries.alert_id = alerts.alert_id AND ({_UNFINISHED} OR ({_TO_CORRECT})))
RETURNING alert_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What one step did."""

    suppressed: int
    """Deliveries that are not sent after all."""
    addressed: int
    """Corrections that were made."""
    finished: int
    """Alerts with nothing left to do."""

    @property
    def has_more(self) -> bool:
        """Whether the next step may find more to do at once."""
        return bool(self.suppressed or self.addressed)


NOTHING = Corrected(suppressed=0, addressed=0, finished=0)


async def correct_next(database: Database, *, limit: int = BATCH) -> Corrected:
    """Suppress what is not sent yet and make corrections of what is: up to `limit` deliveries each."""

    async def work(connection: Connection) -> Corrected:
        alert_ids = [row["alert_id"] for row in await connection.fetch(OPEN, ALERTS)]
        if not alert_ids:
            return NOTHING
        lane = KIND_RULES[DeliveryKind.CORRECTION].lane.value
        suppressed = await connection.fetchval(SUPPRESS, alert_ids, limit, lane)
        await connection.execute(SUPPRESS_CORRECTIONS, alert_ids)
        addressed = await connection.execute(ADDRESS, alert_ids, limit, lane)
        finished = [row["alert_id"] for row in await connection.fetch(FINISH, alert_ids)]
        if finished:
            await undo_events(connection, finished)
            await forget_trades(connection, finished)
        return Corrected(suppressed=suppressed, addressed=affected(addressed), finished=len(finished))

    return await database.transaction(work)
