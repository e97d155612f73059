-- The long statements of storage/webhooks, by module; storage/sql_files.py reads them.

-- name: new_pushes.CORRECT
-- Tells receivers what has changed in alerts that they had. Each change is a push of its own, under an id of
-- its own: receivers drop what they have had. What changes again while a correction still gathers is said by
-- that one. What is sent later than this shows it anyway; a push that a sender has claimed may have been
-- written before the change. Discord and Slack get lines for people, not corrections.
INSERT INTO deliveries (kind, chat_id, channel, address, corrects_id, due_at, events)
SELECT 'push_correction', pushed.chat_id, 'webhook', pushed.address, pushed.delivery_id,
       now() + make_interval(secs => $2), 1 + coalesce((
           SELECT max(events) FROM deliveries AS other
           WHERE other.corrects_id = pushed.delivery_id AND other.kind = 'push_correction'), 0)
FROM deliveries AS pushed JOIN webhooks ON webhook_id = pushed.address::bigint
WHERE pushed.alert_id = ANY($1::bigint[]) AND pushed.channel = 'webhook' AND off_at IS NULL
  AND form = 'standard'
  AND NOT EXISTS (SELECT FROM alerts WHERE alerts.alert_id = pushed.alert_id AND reverted_at IS NOT NULL)
  AND (pushed.state IN ('sending', 'sent')
       OR (pushed.state IN ('pending', 'retry') AND pushed.lease_until > now()))
  AND NOT EXISTS (
    SELECT FROM deliveries AS waits
    WHERE waits.corrects_id = pushed.delivery_id AND waits.kind = 'push_correction'
      AND waits.state = 'pending' AND waits.due_at > now() + make_interval(secs => $2 / 2))
ON CONFLICT DO NOTHING;

-- name: owners.DUE
-- The chats with webhooks whose owners are to be checked. Of a chat that the bot was removed from nobody can
-- say who its admins are. Other bots skip what one check of.
WITH due AS MATERIALIZED (
    SELECT webhook_id FROM webhooks JOIN chats USING (chat_id)
    WHERE webhooks.off_at IS NULL AND chats.kind <> 'private' AND chats.closed_at IS NULL
        AND owner_checked_at < now() - make_interval(secs => $1)
    ORDER BY owner_checked_at LIMIT $2 FOR UPDATE OF webhooks SKIP LOCKED
), checked AS (
    UPDATE webhooks SET owner_checked_at = now() WHERE webhook_id IN (SELECT webhook_id FROM due)
    RETURNING chat_id, owner_id
)
SELECT DISTINCT chat_id, owner_id FROM checked ORDER BY chat_id, owner_id;

-- name: pushes.CONTENT
-- Whether what a push tells has been reverted; NULL: it is gone.
SELECT CASE WHEN alerts.alert_id IS NOT NULL
            THEN alerts.reverted_at IS NOT NULL AND pushed.kind <> 'push_reversal'
            WHEN outages.outage_id IS NOT NULL OR pushed.kind = 'push_test' THEN false END AS is_reverted
FROM (
    SELECT mine.kind, mine.outage_id, coalesce(mine.alert_id, corrected.alert_id) AS alert_id
    FROM deliveries AS mine LEFT JOIN deliveries AS corrected ON corrected.delivery_id = mine.corrects_id
    WHERE mine.delivery_id = $1) AS pushed
LEFT JOIN alerts USING (alert_id) LEFT JOIN outages USING (outage_id);

-- name: pushes.REPLAY
-- Sends a push once more. The number stays, and so does the id by which the receiver knows it.
UPDATE deliveries SET state = 'retry', attempts = 0, due_at = now(), finished_at = NULL, replayed_at = now(),
    was_pushed = was_pushed OR attempts > 0 OR ambiguous_sends > 0 OR state = 'sent'
FROM webhooks WHERE webhooks.webhook_id = $2 AND webhooks.chat_id = $1 AND off_at IS NULL
  AND deliveries.channel = 'webhook' AND deliveries.address = webhooks.webhook_id::text
  AND deliveries.chat_id = $1 AND delivery_id = $3 AND state IN ('sent', 'dead', 'retry')
  AND coalesce(lease_until < now(), true)
  AND (kind <> 'push_test' OR state = 'retry' OR NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.kind = 'push_test' AND other.address = deliveries.address
      AND other.state IN ('pending', 'retry', 'sending')))
RETURNING delivery_id;
