-- The long statements of storage/paper, by module; storage/sql_files.py reads them.

-- name: moves.SAVE
-- Stores how far campaigns have come. A checkpoint is a day old at least, so that what may still come late
-- comes after it. Who was concerned by nothing for a day stood a day ago as now. While one reads again, its
-- figures stay what they were.
UPDATE campaigns SET state = new.state, whale = new.whale,
    figures = CASE WHEN kept_fills IS NULL OR new.until >= $9 THEN new.figures ELSE campaigns.figures END,
    tokens = string_to_array(new.tokens, ' '),
    ordered = CASE WHEN ordered @> string_to_array(new.bought, ' ') THEN ordered
        ELSE ARRAY(SELECT DISTINCT unnest(ordered || string_to_array(new.bought, ' '))) END,
    fills = new.fills, advanced_at = now(), stepped_at = now(),
    has_read = has_read OR new.until >= $9,
    cursor = CASE WHEN new.until >= $9 THEN NULL ELSE new.until END,
    checkpoint = CASE WHEN new.until < now() - interval '1 day' THEN fresh.state
        WHEN has_read AND kept_fills IS NULL AND campaigns.state IS NOT NULL
            AND advanced_at < now() - interval '1 day'
        THEN jsonb_build_object('state', campaigns.state, 'whale', campaigns.whale, 'fills', campaigns.fills,
            'until', floor(extract(epoch FROM least(now() - interval '1 day', cursor)))::bigint)
        WHEN next_checkpoint_at < now() - interval '1 day' THEN next_checkpoint ELSE checkpoint END,
    next_checkpoint = CASE WHEN new.until < now() - interval '1 day' THEN NULL
        WHEN next_checkpoint_at IS NULL OR next_checkpoint_at < now() - interval '1 day' THEN fresh.state
        ELSE next_checkpoint END,
    next_checkpoint_at = CASE WHEN new.until < now() - interval '1 day' THEN NULL
        WHEN next_checkpoint_at IS NULL OR next_checkpoint_at < now() - interval '1 day' THEN now()
        ELSE next_checkpoint_at END
FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[], $4::jsonb[], $5::text[], $6::text[], $7::int[],
        $8::timestamptz[])
    AS new (campaign_id, state, whale, figures, tokens, bought, fills, until)
CROSS JOIN LATERAL (SELECT jsonb_build_object('state', new.state, 'whale', new.whale, 'fills', new.fills,
    'until', extract(epoch FROM new.until)::bigint) AS state) AS fresh
WHERE campaigns.campaign_id = new.campaign_id;

-- name: upkeep.THIN_POINTS
-- Deletes points of curves. After a week the last point of each hour is left. Those of history that was read
-- are not so many.
DELETE FROM campaign_points WHERE ctid IN (
    SELECT point.ctid FROM campaigns CROSS JOIN LATERAL (
        SELECT ctid, at FROM campaign_points
        WHERE campaign_id = campaigns.campaign_id AND NOT is_anew
          AND at BETWEEN now() - interval '10 days' AND now() - interval '7 days') AS point
    WHERE EXISTS (
        SELECT FROM campaign_points AS later
        WHERE later.campaign_id = campaigns.campaign_id AND NOT later.is_anew AND later.at > point.at
          AND later.at < date_trunc('hour', point.at, 'UTC') + interval '1 hour')
    LIMIT $1);
