-- The long statements of storage/patterns, by module; storage/sql_files.py reads them.

-- name: alerts.EDIT_MESSAGES
-- Lets the messages that show an alert alone be edited; what waits shows all anyway.
INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, corrects_id, target_message_id, lane,
    expires_at)
SELECT 'late_edit', original.chat_id, original.topic_id, original.channel, original.address,
       original.delivery_id, original.message_id, $2::smallint, now() + interval '1 hour'
FROM deliveries AS original
WHERE original.alert_id = $1 AND original.kind = 'alert' AND original.state = 'sent'
  AND original.message_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM deliveries AS other WHERE other.chat_id = original.chat_id
                  AND other.message_id = original.message_id AND other.delivery_id <> original.delivery_id)
ON CONFLICT DO NOTHING;

-- name: candidates.CHATS
-- Chats that follow enough wallets which traded the token within the time that they set, and one of those
-- that just did and that they were not told of. The trades of the last day are counted before anybody's
-- watches are read: the latest, and where those are of a few wallets that trade very often, also older ones
-- of others. A chat that got an alert recently may have too few to meet: another wallet of a known owner may
-- have joined.
WITH fresh AS (
    SELECT mint, action, min(at) AS at, array_agg(DISTINCT wallet_id) AS wallets
    FROM unnest($2::text[], $3::text[], $4::float8[], $5::bigint[]) AS new (mint, action, at, wallet_id)
    GROUP BY mint, action
), latest AS (
    SELECT fresh.mint, fresh.action, fresh.at AS fresh_at, fresh.wallets, seen.wallet_id, max(seen.at) AS at,
           min(seen.at) AS first_at, count(*) AS times
    FROM fresh CROSS JOIN LATERAL (
        SELECT wallet_id, at FROM pattern_sightings
        WHERE chain = $1 AND mint = fresh.mint AND action = fresh.action AND at >= fresh.at - $6
          AND action IN ('buy', 'sell') AND NOT is_new
        ORDER BY at DESC LIMIT $7) AS seen
    GROUP BY fresh.mint, fresh.action, fresh.at, fresh.wallets, seen.wallet_id
), crowded AS (
    SELECT mint, action, fresh_at, wallets, min(first_at) AS first_at, array_agg(wallet_id) AS few
    FROM latest GROUP BY mint, action, fresh_at, wallets HAVING sum(times) >= $7 AND count(*) < $12
), recent AS (
    SELECT mint, action, fresh_at, wallet_id, wallet_id = ANY(wallets) AS is_fresh, at FROM latest
    UNION ALL
    SELECT crowded.mint, crowded.action, fresh_at, seen.wallet_id, seen.wallet_id = ANY(wallets), max(seen.at)
    FROM crowded CROSS JOIN LATERAL (
        SELECT wallet_id, at FROM pattern_sightings
        WHERE chain = $1 AND mint = crowded.mint AND action = crowded.action AND at >= fresh_at - $6
          AND at <= crowded.first_at AND action IN ('buy', 'sell') AND NOT is_new
        ORDER BY at DESC LIMIT $13) AS seen
    WHERE seen.wallet_id <> ALL(few)
    GROUP BY crowded.mint, crowded.action, fresh_at, wallets, seen.wallet_id
), busy AS (
    SELECT mint, action FROM recent GROUP BY mint, action HAVING count(*) >= 2
)
SELECT recent.mint, recent.action, watches.chat_id, watches.topic_id, chats.settings,
       array_agg(watches.wallet_id) AS wallet_ids
FROM busy JOIN recent USING (mint, action)
JOIN watches USING (wallet_id) JOIN chats USING (chat_id) JOIN wallets USING (wallet_id)
LEFT JOIN pattern_episodes AS known ON known.chat_id = watches.chat_id AND known.topic_id = watches.topic_id
    AND known.chain = $1 AND known.mint = recent.mint AND known.at >= recent.fresh_at - $6
    AND known.pattern = CASE recent.action WHEN 'buy' THEN 'confluence' ELSE 'leaving' END
WHERE coalesce(muted_until <= now(), true) AND closed_at IS NULL AND NOT over_limit AND banned_reason IS NULL
  AND NOT has_muted_tag(settings, tags)
GROUP BY recent.mint, recent.action, watches.chat_id, watches.topic_id, chats.settings
HAVING bool_or(is_fresh AND (known.wallets IS NULL OR address <> ALL(known.wallets))) AND (
    bool_or(known.wallets IS NOT NULL)
    OR count(*) FILTER (WHERE recent.at >= recent.fresh_at
        - 60 * CASE jsonb_typeof(settings->'patterns'->'minutes')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'minutes')::numeric, 1), $10)
            ELSE $8::int END)
    >= CASE jsonb_typeof(settings->'patterns'->'owners')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'owners')::numeric, 2), $11)
            ELSE $9::int END);

-- name: reverts.TAKE
-- Takes sightings whose transactions were reverted, so that what followed from them is undone. The true
-- transaction may be known, and not be decided yet: then its sighting comes first.
DELETE FROM reverted_sightings AS gone USING wallets
WHERE wallets.wallet_id = gone.wallet_id AND gone.ctid = ANY(ARRAY(
    SELECT ctid FROM reverted_sightings AS one
    WHERE reverted_at < now() - interval '1 minute' OR NOT EXISTS (
        SELECT FROM alerts WHERE alerts.wallet_id = one.wallet_id AND alerts.alert_id > one.alert_id
          AND fanned_out_at IS NULL)
    LIMIT $1))
RETURNING gone.chain, gone.wallet_id, wallets.address AS wallet, mint, action, at, party;

-- name: ties.AROUND
-- The payments that may tie wallets to others. Payments to these, and the latest from these to followed
-- wallets: no other payee ties anybody.
SELECT payer, payee FROM unnest($2::text[]) AS asked (wallet) CROSS JOIN LATERAL (
    (SELECT payer, payee FROM payments
     WHERE chain = $1 AND payee = asked.wallet AND paid_at >= $3 LIMIT $4)
    UNION ALL
    (SELECT payer, payee FROM (
        SELECT payer, payee FROM payments
        WHERE chain = $1 AND payer = asked.wallet AND paid_at >= $3 ORDER BY paid_at DESC LIMIT $4) AS sent
     WHERE EXISTS (SELECT FROM wallets JOIN watches USING (wallet_id)
                   WHERE wallets.chain = $1 AND address = sent.payee))
) AS near;

-- name: ties.FORGET
-- Takes payments back that never happened. A time in the row that was that of such a payment gives way to
-- what else was seen between the two; a row that no time is left for goes.
WITH never AS (
    SELECT payer, payee, array_agg(at) AS times
    FROM unnest($2::text[], $3::text[], $4::float8[]) AS one (payer, payee, at) GROUP BY payer, payee
), found AS (
    SELECT payer, payee,
           least(seen.first_at, CASE WHEN old.first_at <> ALL(times) THEN old.first_at END) AS first_at,
           greatest(seen.paid_at, CASE WHEN old.paid_at <> ALL(times) THEN old.paid_at END) AS paid_at
    FROM never JOIN payments AS old USING (payer, payee) CROSS JOIN LATERAL (
        SELECT min(at) AS first_at, max(at) AS paid_at FROM (
            SELECT at, lamports, usd FROM pattern_sightings JOIN wallets USING (wallet_id)
            WHERE wallets.chain = $1 AND address = payer AND action = 'sent' AND party = payee
            UNION ALL
            SELECT at, lamports, usd FROM pattern_sightings JOIN wallets USING (wallet_id)
            WHERE wallets.chain = $1 AND address = payee AND action = 'got' AND party = payer
        ) AS between_them WHERE lamports >= $5 OR usd >= $6
    ) AS seen
    WHERE old.chain = $1 AND (old.first_at = ANY(times) OR old.paid_at = ANY(times))
), gone AS (
    DELETE FROM payments USING found
    WHERE chain = $1 AND payments.payer = found.payer AND payments.payee = found.payee
      AND coalesce(found.first_at, found.paid_at) IS NULL
    RETURNING found.payer, found.payee
), kept AS (
    UPDATE payments SET first_at = coalesce(found.first_at, found.paid_at),
        paid_at = coalesce(found.paid_at, found.first_at)
    FROM found
    WHERE chain = $1 AND payments.payer = found.payer AND payments.payee = found.payee
      AND coalesce(found.first_at, found.paid_at) IS NOT NULL
)
SELECT payer, payee FROM gone;

-- name: token_trades.AUDIENCE
-- The chats that get a trade of a token which they follow. Who follows the wallet hears of it anyway, unless
-- the watch is silent or has rules of its own.
SELECT chat_id, topic_id FROM followed_tokens
WHERE chain = $1 AND mint = $2 AND min_usd <= $3 AND NOT EXISTS (
    SELECT FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
    WHERE watches.chat_id = followed_tokens.chat_id AND watches.topic_id = followed_tokens.topic_id
      AND wallets.chain = $1 AND address = $4 AND banned_reason IS NULL
      AND coalesce(muted_until <= now(), true) AND NOT over_limit AND rules = '{}'
      AND NOT has_muted_tag(settings, tags))
ORDER BY chat_id, topic_id;
