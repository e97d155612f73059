-- The long statements of storage/ingest, by module; storage/sql_files.py reads them.

-- name: activities.INSERT_ALERTS
-- Makes alerts of new activities. Only activities of wallets that are, or once were, followed make alerts.
-- The ordinality keeps alerts in the order of the chain, since ids decide the order within a chat.
INSERT INTO alerts (chain, wallet_id, kind, subject, sort, payload, block_time)
SELECT new.chain, found.wallet_id, 'activity', new.address, new.sort, new.payload, new.block_time
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[])
  WITH ORDINALITY AS new (chain, address, sort, payload, block_time, number)
CROSS JOIN LATERAL (
    SELECT wallet_id FROM wallets WHERE wallets.chain = new.chain AND wallets.address = new.address LIMIT 1
) AS found
ORDER BY new.number
RETURNING alert_id;

-- name: cursors.MOVE_PARTITIONS
-- Moves the cursors of the buckets that a batch makes complete. ORDER BY: in one order for all writers, so
-- that two of them never wait for each other. A bucket below `after` does not move: what is between was not
-- stored.
UPDATE shard_cursors SET slot = mine.upto, moved_at = now()
FROM (
    SELECT bucket, move.upto FROM shard_cursors
    JOIN unnest($3::int[], $4::bigint[], $5::bigint[]) AS move (partition, after, upto)
      ON move.partition = shard_cursors.bucket % $6
    WHERE chain = $1 AND slot < move.upto
      AND greatest(slot, (SELECT slot FROM cursors WHERE chain = $1 AND feed = $2)) >= move.after
    ORDER BY bucket FOR UPDATE OF shard_cursors
) AS mine
WHERE shard_cursors.chain = $1 AND shard_cursors.bucket = mine.bucket;

-- name: outages.OPEN
-- Opens an outage, or lets a gap join the open one. The gap begins after the slot of the cursor and ends at
-- the head. Alerts that a stream led to meanwhile count as well, so the alerts of the outage are those after
-- the last one that is older than the gap. On conflict the gap joins the open row: bucket lists unite (NULL
-- is all wallets, and stays NULL), and slots are a multirange.
INSERT INTO outages AS known (chain, buckets, began_at, slots, counted_to, after_alert_id)
VALUES ($1, $2, $3, int8multirange(int8range($4, $5, '(]')), $4,
        coalesce((SELECT alert_id FROM alerts WHERE created_at < $3 ORDER BY alert_id DESC LIMIT 1), 0))
ON CONFLICT (chain) WHERE announcing_at IS NULL DO UPDATE SET
    buckets = (SELECT array_agg(DISTINCT bucket) FROM unnest(known.buckets || excluded.buckets) AS bucket
               WHERE known.buckets IS NOT NULL AND excluded.buckets IS NOT NULL),
    began_at = least(known.began_at, excluded.began_at),
    slots = known.slots + excluded.slots,
    gaps = known.gaps + CASE WHEN known.ended_at IS NULL THEN 0 ELSE 1 END,
    ended_at = NULL, upto_alert_id = NULL;

-- name: provisional.DELETE
-- Deletes provisional activities that were never confirmed. What a confirmation holds is left to it, so that
-- two that take several never wait for each other in turn.
WITH free AS MATERIALIZED (
    SELECT signature, wallet FROM provisional
    JOIN unnest($2::text[], $3::text[]) AS absent (signature, wallet) USING (signature, wallet)
    WHERE chain = $1 FOR UPDATE OF provisional SKIP LOCKED
)
DELETE FROM provisional USING free
WHERE chain = $1 AND provisional.signature = free.signature AND provisional.wallet = free.wallet
RETURNING provisional.signature, provisional.wallet;

-- name: provisional.UNDO_HOLDINGS
-- Takes from holdings what reverted alerts moved. The opposite of what the fan-out added; `market` is set by
-- the fan-out, so what it has not decided is not subtracted.
UPDATE holdings SET raw = holdings.raw - moved.raw, updated_at = now()
FROM (
    SELECT chain, wallet_id, leg->>'mint' AS mint,
           sum(CASE side WHEN 'received' THEN 1 ELSE -1 END * (leg->>'raw')::numeric) AS raw
    FROM alerts CROSS JOIN (VALUES ('paid'), ('received')) AS sides (side)
    CROSS JOIN LATERAL jsonb_array_elements(payload->side) AS leg
    WHERE alert_id = ANY($1::bigint[]) AND market IS NOT NULL
    GROUP BY chain, wallet_id, leg->>'mint') AS moved
WHERE holdings.chain = moved.chain AND holdings.mint = moved.mint AND holdings.wallet_id = moved.wallet_id;
