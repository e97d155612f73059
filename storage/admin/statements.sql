-- The long statements of storage/admin, by module; storage/sql_files.py reads them.

-- name: retention.DELIVERIES
-- Deletes the oldest deliveries that are over; what a digest holds stays until its carrier is over, too.
DELETE FROM deliveries WHERE delivery_id IN (
    SELECT delivery_id FROM (
        SELECT delivery_id, digest_id, state, created_at FROM deliveries
        ORDER BY delivery_id LIMIT $1) AS oldest
    WHERE state IN ('sent', 'suppressed', 'dead', 'ambiguous', 'digested')
      AND created_at < now() - make_interval(days => $2)
      AND NOT EXISTS (
        SELECT FROM deliveries AS carrier WHERE carrier.delivery_id = oldest.digest_id
          AND carrier.delivery_id <> oldest.delivery_id
          AND carrier.state IN ('pending', 'retry', 'sending')));
