-- The long statements of storage/scans, by module; storage/sql_files.py reads them.

-- name: results.SAVE_SCAN
-- Stores what a scan found. A scan that found something else stays in the history when the next one takes its
-- place.
WITH replaced AS (
    INSERT INTO security_scan_history (chain, subject, scanned_at, result)
    SELECT chain, subject, scanned_at, result FROM security_scans
    WHERE chain = $1 AND subject = $2 AND result -> 'figures' IS DISTINCT FROM $3::jsonb -> 'figures'
    ON CONFLICT DO NOTHING)
INSERT INTO security_scans (chain, subject, result, expires_at, earlier, summary)
VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5, $6)
ON CONFLICT (chain, subject) DO UPDATE
SET result = excluded.result, scanned_at = now(), expires_at = excluded.expires_at,
    earlier = coalesce(excluded.earlier, security_scans.earlier), summary = excluded.summary
RETURNING scanned_at;

-- name: results.OF_MANY_CHATS
-- Tokens that many chats were just sent alerts of, and whose scan is not fresh. The latest alerts by number,
-- not by time alone: the index says where to begin, however many there are.
WITH sent AS (
    SELECT payload->'price'->>'token' AS mint, count(DISTINCT deliveries.chat_id) AS chats
    FROM alerts JOIN deliveries USING (alert_id)
    WHERE alert_id > (SELECT max(alert_id) FROM alerts) - $5 AND alerts.chain = $1
      AND alerts.created_at > now() - interval '15 minutes' AND deliveries.state = 'sent'
    GROUP BY 1)
SELECT mint FROM sent WHERE mint IS NOT NULL AND chats >= $2 AND NOT EXISTS (
    SELECT FROM security_scans WHERE security_scans.chain = $1 AND subject = mint
      AND summary IS NOT NULL AND expires_at > scanned_at AND scanned_at > now() - make_interval(secs => $3))
ORDER BY chats DESC LIMIT $4;
