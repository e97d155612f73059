-- The long statements of storage/delivery, by module; storage/sql_files.py reads them.

-- name: broadcasts.PROGRESS
-- How far a broadcast has come; without an id, the latest one that was started.
SELECT broadcasts.broadcast_id, broadcasts.state, text,
       count(deliveries.delivery_id) AS total,
       count(*) FILTER (WHERE deliveries.state = 'sent') AS sent,
       count(*) FILTER (WHERE deliveries.state = 'dead') AS dead,
       count(*) FILTER (WHERE deliveries.state = 'ambiguous') AS ambiguous
FROM broadcasts LEFT JOIN deliveries USING (broadcast_id)
WHERE broadcasts.broadcast_id = coalesce(
    $1, (SELECT max(broadcast_id) FROM broadcasts WHERE state <> 'draft'))
GROUP BY broadcasts.broadcast_id;

-- name: chat_history.LATEST
-- The latest alerts of some watches, of one token where one is named. The newest of each wallet are read by
-- the index alerts_by_wallet.
SELECT watches.watch_id, past.* FROM watches CROSS JOIN LATERAL (
    SELECT alert_id, kind, payload, market, block_time, reverted_at IS NOT NULL AS reverted FROM (
        SELECT * FROM alerts WHERE alerts.wallet_id = watches.wallet_id
          AND created_at > now() - make_interval(days => $6::int)
        ORDER BY alert_id DESC LIMIT $3::int
    ) AS newest
    WHERE $2::text IS NULL
       OR payload->'paid' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
       OR payload->'received' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
    ORDER BY alert_id DESC LIMIT $4::int + $5::int) AS past
WHERE watches.watch_id = ANY($1::bigint[]) ORDER BY past.alert_id DESC OFFSET $4::int LIMIT $5::int;

-- name: chat_history.BEFORE
-- Older alerts of some watches with one token. Of each wallet so many alerts before `before` are read at a
-- time. `floor`: down to it all wallets are read.
WITH read AS MATERIALIZED (
    SELECT coalesce(max(lowest.alert_id), 0) AS floor FROM watches CROSS JOIN LATERAL (
        SELECT alert_id FROM alerts WHERE alerts.wallet_id = watches.wallet_id AND alert_id < $3
        ORDER BY alert_id DESC OFFSET $4::int - 1 LIMIT 1) AS lowest
    WHERE watches.watch_id = ANY($1::bigint[])
), found AS (
    SELECT watches.watch_id, past.* FROM watches CROSS JOIN LATERAL (
        SELECT alert_id, kind, payload, market, block_time, reverted_at IS NOT NULL AS reverted FROM alerts
        WHERE alerts.wallet_id = watches.wallet_id AND alert_id < $3 AND alert_id >= (SELECT floor FROM read)
          AND (payload->'paid' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
               OR payload->'received' @> jsonb_build_array(jsonb_build_object('mint', $2::text)))
        ORDER BY alert_id DESC LIMIT $5::int) AS past
    WHERE watches.watch_id = ANY($1::bigint[]) ORDER BY past.alert_id DESC LIMIT $5::int
)
SELECT floor, found.* FROM read LEFT JOIN found ON true ORDER BY alert_id DESC;

-- name: corrections.SUPPRESS
-- Stops what waits of alerts that are reverted. After an ambiguous send the chat may have the message, so it
-- gets a reply; a receiver of pushes may have taken whatever it refused. A digest is sent all the same, and
-- says which of its alerts were reverted. SKIP LOCKED leaves what a sender has just claimed to the next step.
WITH stopped AS (
    UPDATE deliveries SET state = 'suppressed', gate = 'reverted', finished_at = now(),
        lease_owner = NULL, lease_until = NULL
    WHERE delivery_id IN (
        SELECT delivery_id FROM deliveries
        WHERE alert_id = ANY($1::bigint[]) AND state IN ('pending', 'retry', 'deferred') AND digest_id IS NULL
        ORDER BY delivery_id LIMIT $2 FOR UPDATE SKIP LOCKED)
      AND state IN ('pending', 'retry', 'deferred')
    RETURNING *
), maybe_sent AS (
    INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, corrects_id, lane)
    SELECT CASE WHEN channel = 'webhook' THEN 'push_reversal' ELSE 'correction_reply' END,
           chat_id, topic_id, channel, address, delivery_id, $3::smallint
    FROM stopped WHERE ambiguous_sends > 0 OR (channel = 'webhook' AND (attempts > 0 OR was_pushed))
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM stopped;

-- name: deliveries.RECOVER
-- A sender died between its mark and its record: nobody knows whether the chat has the message. The states
-- that follow come from domain/delivery/results.py, by kind and by the ambiguous sends before.
UPDATE deliveries SET state = next.state, ambiguous_sends = ambiguous_sends + 1,
    finished_at = CASE WHEN next.state = 'ambiguous' THEN now() END,
    due_at = now() + make_interval(secs => CASE WHEN next.state = 'unconfirmed' THEN $4::float8 ELSE 0 END),
    lease_owner = NULL, lease_until = NULL, error = 'the sender ended before the answer came'
FROM unnest($1::text[], $2::int[], $3::text[]) AS next (kind, before, state)
WHERE deliveries.state = 'sending' AND lease_until < now()
  AND next.kind = deliveries.kind AND next.before = least(ambiguous_sends, $5)
RETURNING channel;

-- name: digests.GATHER
-- When one delivery is due, all deferred ones of its chat and topic are: a change of settings between them
-- must not make two digests. The newest one is the carrier.
WITH ready AS (
    SELECT chat_id, topic_id FROM deliveries WHERE state = 'deferred' AND due_at <= now()
    GROUP BY chat_id, topic_id ORDER BY min(due_at) LIMIT $1
), due AS (
    SELECT delivery_id, max(delivery_id) OVER (PARTITION BY chat_id, topic_id) AS carrier
    FROM deliveries JOIN ready USING (chat_id, topic_id) WHERE state = 'deferred'
)
UPDATE deliveries SET
    kind = CASE WHEN deliveries.delivery_id = carrier THEN 'digest' ELSE kind END,
    state = CASE WHEN deliveries.delivery_id = carrier THEN 'pending' ELSE 'digested' END,
    finished_at = CASE WHEN deliveries.delivery_id = carrier THEN NULL ELSE now() END,
    digest_id = carrier, due_at = now(), fair_queue_at = now(), send_alone = true, lane = 2
FROM due WHERE deliveries.delivery_id = due.delivery_id;

-- name: digests.CONTENTS
-- The first $2 events of each digest by weight (exits, what is no trade, the dollars, the newest) come one by
-- one with their payload; the others only as a number for each wallet, kind and gate, so that a digest of
-- thousands stays one short message, and no exit of its beginning goes under in it.
WITH listed AS (
    SELECT digest_id, delivery_id, watch_id, alert_id, gate,
           row_number() OVER (PARTITION BY digest_id ORDER BY
               (sort = 'sell' AND reverted_at IS NULL AND payload->>'token_after' = '0') IS TRUE DESC,
               alerts.kind NOT IN ('activity', 'token_trade') DESC,
               (market->>'usd')::numeric DESC NULLS LAST, delivery_id DESC) AS position
    FROM deliveries JOIN alerts USING (alert_id) WHERE digest_id = ANY($1::bigint[])
)
SELECT digest_id, coalesce(label, '') AS label, has_namesake(watches) AS has_namesake,
       subject, kind, sort, payload, market, alerts.block_time AS happened_at, 1::bigint AS number,
       (reverted_at IS NOT NULL)::int::bigint AS reverted, gate, delivery_id AS number_in_order
FROM listed JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE position <= $2
UNION ALL
SELECT digest_id, coalesce(max(label), ''), bool_or(has_namesake(watches)), subject, kind, sort, NULL, NULL,
       min(alerts.block_time), count(*), count(reverted_at), gate, 0
FROM listed JOIN alerts USING (alert_id) LEFT JOIN watches USING (watch_id)
WHERE position > $2 GROUP BY digest_id, subject, kind, sort, gate
ORDER BY digest_id, number_in_order;

-- name: fan_out.WATCHES_OF_ALERTS
-- The next watches of each alert. LATERAL stops after `max_watches` of each, so that an alert with very many
-- watches costs no more than its share. An alert about no wallet is for the chats that stand beside it, as
-- watches without rules.
SELECT alert.id AS alert_id, watch.*
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  AS alert (id, wallet_id, last_id, max_watches)
CROSS JOIN LATERAL (
    SELECT watch_id, chat_id, topic_id, chain, address AS wallet, label, tags, muted_until, over_limit,
           banned_reason IS NOT NULL AS is_banned, watches.created_at, since_slot,
           closed_at IS NOT NULL AS chat_closed, watches.rules, chats.settings, tier_of(chats) AS tier,
           has_webhooks
    FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
    WHERE wallet_id = alert.wallet_id AND watch_id > alert.last_id
    ORDER BY watch_id LIMIT alert.max_watches) AS watch
UNION ALL
SELECT alert.id AS alert_id, chat.*
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  AS alert (id, wallet_id, last_id, max_watches)
CROSS JOIN LATERAL (
    SELECT number AS watch_id, chat_id, topic_id, chain, subject AS wallet, '' AS label, '{}'::text[] AS tags,
           NULL::timestamptz AS muted_until, false AS over_limit, false AS is_banned,
           alerts.created_at, NULL::bigint AS since_slot,
           closed_at IS NOT NULL AS chat_closed, '{}'::jsonb AS rules, chats.settings, tier_of(chats) AS tier,
           has_webhooks
    FROM alert_chats JOIN alerts USING (alert_id) JOIN chats USING (chat_id)
    WHERE alert.wallet_id = 0 AND alert_chats.alert_id = alert.id AND number > alert.last_id
    ORDER BY number LIMIT alert.max_watches) AS chat
ORDER BY alert_id, watch_id;

-- name: late_facts.TO_COMPLETE
-- The alerts that later facts may complete. `is_sent`: somebody gets it one by one; only such a message is
-- edited.
SELECT alert_id, kind, payload, market, fanned_out_at, EXISTS (
    SELECT FROM deliveries WHERE deliveries.alert_id = alerts.alert_id
      AND deliveries.kind IN ('alert', 'living', 'living_edit')
      AND state IN ('pending', 'retry', 'sending', 'sent')) AS is_sent
FROM alerts
WHERE alert_id > greatest($1, (SELECT max(alert_id) FROM alerts) - $2) AND chain = $3
  AND created_at BETWEEN now() - make_interval(secs => $5) AND now() - make_interval(secs => $4)
  AND fanned_out_at IS NOT NULL
ORDER BY alert_id LIMIT $6;

-- name: late_facts.FINISH
-- Closes the alerts that no edit will follow any more. What is still being sent may be shown, and edited,
-- within the time.
UPDATE alerts SET late_edited_at = now()
WHERE late IS NOT NULL AND late_edited_at IS NULL AND (
    created_at < now() - make_interval(secs => $1) OR watches_decided > $2 OR NOT EXISTS (
        SELECT FROM deliveries AS original WHERE original.alert_id = alerts.alert_id
          AND original.kind IN ('alert', 'living', 'living_edit')
          AND (original.state IN ('pending', 'retry', 'sending')
               OR (original.kind = 'alert' AND original.state = 'sent' AND original.message_id IS NOT NULL
                   AND NOT EXISTS (
                    SELECT FROM deliveries AS edit
                    WHERE edit.corrects_id = original.delivery_id AND edit.kind = 'late_edit')))));

-- name: new_deliveries.INSERT
-- Stores decisions as deliveries. What is common goes once to PostgreSQL, and not with each of thousands of
-- rows. ON CONFLICT: if the answer to the commit did not come, the transaction is repeated, and finds its own
-- rows; it names the one key that may be there, so that no other is looked up.
INSERT INTO deliveries (alert_id, chat_id, topic_id, watch_id, state, gate, lane, fair_queue_at,
    coalescing, due_at, reasons)
SELECT alert_id, chat_id, topic_id, watch_id, state, gate, lane, fair_queue_at, coalescing, due_at, reasons
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::int[])
         WITH ORDINALITY AS new (chat_id, topic_id, watch_id, fair_queue_at, shared_by, number)
JOIN unnest($6::bigint[], $7::text[], $8::text[], $9::smallint[], $10::boolean[], $11::timestamptz[],
            $12::jsonb[]) WITH ORDINALITY
     AS shared (alert_id, state, gate, lane, coalescing, due_at, reasons, id) ON shared.id = new.shared_by
ORDER BY number
ON CONFLICT (alert_id, chat_id, topic_id, channel, address) DO NOTHING;

-- name: noise.TODAY
-- How many events a chat was sent since its day began, and how many it could have been sent. A chat and topic
-- that follows several wallets of one transaction has as many deliveries. A position that one message shows
-- counts once, and the edits of that message do not.
SELECT chat.chat_id, day.* FROM unnest($1::bigint[], $2::timestamptz[]) AS chat (chat_id, begin)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE gate = 'wanted' AND kind NOT IN ('living', 'living_edit'))
           + count(DISTINCT living_id) FILTER (WHERE gate = 'wanted' AND kind = 'living') AS sent,
           count(*) AS events
    FROM deliveries
    WHERE deliveries.chat_id = chat.chat_id AND surprise IS NOT NULL AND gate IN ('wanted', 'budget')
      AND created_at >= chat.begin OFFSET 0) AS day;

-- name: open_alerts.LOCK
-- The next alerts to be decided, with what their decision needs of those before them. The commit does not
-- wait for the disk (synchronous_commit off). A crash that undoes decisions leaves their alert open, and it
-- undoes no message: a message follows a mark, the mark waits for the disk, and it comes later. SKIP LOCKED
-- lets several dispatchers work beside each other, each on other alerts. What follows in this transaction is
-- planned once for a connection, not each time, which took most of its time: PostgreSQL supposes long lists
-- and would never settle for such a plan. Without reading whole tables, since a plan that was made while they
-- were small stays. Until it ends no chat moves to another topic (storage/chats/topics.py), so that no
-- delivery is made for the one it left.
SELECT open.alert_id, open.wallet_id, open.kind, open.payload, open.created_at, open.block_time,
       open.last_watch_id, open.watches_decided, open.coalesce_until, open.reverted_at,
       before.created_at AS before_at, before.coalesce_until AS before_until, now() AS now,
       (SELECT count(*) FILTER (WHERE latest.created_at >= date_trunc('hour', now())) FROM (
            SELECT earlier.created_at FROM alerts AS earlier
            WHERE earlier.wallet_id = open.wallet_id AND earlier.alert_id < open.alert_id
            ORDER BY earlier.alert_id DESC LIMIT $2) AS latest) AS events_this_hour,
       set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true),
       (SELECT pg_advisory_xact_lock_shared(hashtext('fan out to topics')) IS NULL)
FROM alerts AS open LEFT JOIN LATERAL (
    SELECT created_at, coalesce_until FROM alerts AS earlier
    WHERE earlier.wallet_id = open.wallet_id AND earlier.alert_id < open.alert_id
    ORDER BY earlier.alert_id DESC LIMIT 1) AS before ON true
WHERE open.fanned_out_at IS NULL AND (open.retry_at IS NULL OR open.retry_at < now())
  AND ($3::bigint IS NULL OR open.alert_id = $3)
ORDER BY open.alert_id LIMIT $1
FOR UPDATE OF open SKIP LOCKED;

-- name: open_alerts.ADVANCE
-- An alert is fanned out when its batch of watches was not full. A good grade is told while its scan holds: a
-- pool is emptied within minutes.
UPDATE alerts SET last_watch_id = new.last, watches_decided = alerts.watches_decided + new.decided,
    coalesce_until = new.coalesce_until, fanned_out_at = CASE WHEN new.is_last THEN now() END,
    market = coalesce(alerts.market, new.market),
    grade = coalesce(alerts.grade, (
        SELECT summary FROM security_scans
        WHERE security_scans.chain = alerts.chain AND subject = alerts.payload->'price'->>'token'
          AND scanned_at > now() - interval '24 hours'
          AND (expires_at > now() OR summary->>'grade' NOT IN ('A', 'B'))))
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::timestamptz[], $5::boolean[], $6::jsonb[])
  AS new (alert_id, last, decided, coalesce_until, is_last, market)
WHERE alerts.alert_id = new.alert_id;

-- name: system_messages.NEXT
-- An outage that is over for long enough, and whose late alerts are all decided, so that their number is
-- known. SKIP LOCKED: another dispatcher may be at work for it.
SELECT outage_id, chain, buckets, ended_at, last_chat_id, now() AS now FROM outages
WHERE announced_at IS NULL AND ended_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (
      SELECT FROM alerts
      WHERE fanned_out_at IS NULL AND failures = 0 AND alert_id <= outages.upto_alert_id)
  AND (announcing_at IS NOT NULL OR NOT EXISTS (
      SELECT FROM outages AS earlier WHERE earlier.chain = outages.chain
        AND earlier.announcing_at > now() - make_interval(secs => $2)))
ORDER BY outage_id LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: system_messages.EVENTS
-- How many late events of an outage each chat has. Late events are those whose slot lies within the outage,
-- among the alerts that were stored since it began.
SELECT chat_id, count(*) AS events
FROM outages JOIN alerts ON alerts.chain = outages.chain
  AND alerts.alert_id > after_alert_id AND alerts.alert_id <= upto_alert_id
  AND slots @> (alerts.payload->>'slot')::bigint AND reverted_at IS NULL
JOIN deliveries USING (alert_id)
WHERE outages.outage_id = $1 AND deliveries.state <> 'suppressed' AND chat_id = ANY($2::bigint[])
  AND deliveries.channel = 'telegram'
GROUP BY chat_id;

-- name: system_messages.NAME
-- When one delivery of a chat is due to be named, all of the chat are. One statement decides which line names
-- which, so that none is named twice and none is ambiguous for good without its line.
WITH ready AS (
    SELECT DISTINCT chat_id FROM deliveries WHERE state = 'unconfirmed' AND due_at <= now() LIMIT $1
), open AS (
    SELECT delivery_id, chat_id, topic_id, channel, address FROM deliveries JOIN ready USING (chat_id)
    WHERE state = 'unconfirmed'
), lines AS (
    INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, lane)
    SELECT 'unconfirmed_alerts', chat_id, min(topic_id), channel, address, $2
    FROM open GROUP BY chat_id, channel, address
    RETURNING delivery_id, chat_id, channel, address
)
UPDATE deliveries SET state = 'ambiguous', finished_at = now(), named_by_id = lines.delivery_id
FROM open JOIN lines USING (chat_id, channel, address)
WHERE deliveries.delivery_id = open.delivery_id
RETURNING deliveries.delivery_id;

-- name: system_messages.CONTENTS
-- The events that a line about unconfirmed alerts names. A digest stands for all that it holds.
SELECT named.named_by_id, coalesce(label, '') AS label, has_namesake(watches) AS has_namesake,
       alerts.subject, alerts.sort, alerts.payload, alerts.market,
       alerts.kind, alerts.block_time AS happened_at
FROM deliveries AS named
JOIN deliveries AS alert ON alert.delivery_id = named.delivery_id
    OR (named.kind = 'digest' AND alert.digest_id = named.delivery_id)
JOIN alerts ON alerts.alert_id = alert.alert_id LEFT JOIN watches ON watches.watch_id = alert.watch_id
WHERE named.named_by_id = ANY($1::bigint[])
ORDER BY named.named_by_id, alerts.block_time, alert.delivery_id;

-- name: token_safety.NOTE
-- Each alert is noted once, in the order of their ids: the row with the last id is locked, so that of several
-- workers one continues where another has stopped. What no chat was to hear of, as spam, is not noted:
-- whoever sends tokens to everybody would decide else what is watched.
WITH last AS (
    SELECT alert_id FROM token_alerts_noted WHERE chain = $1 FOR UPDATE
), fresh AS (
    SELECT alerts.alert_id, payload, created_at, fanned_out_at FROM alerts, last
    WHERE alerts.chain = $1 AND alerts.alert_id > last.alert_id AND kind = 'activity'
      AND created_at < now() - interval '5 seconds'
    ORDER BY alerts.alert_id LIMIT $2
), noted AS (
    INSERT INTO token_alerts (chain, mint, alert_id, created_at)
    SELECT DISTINCT $1::text, leg->>'mint', alert_id, created_at
    FROM fresh, LATERAL (VALUES ('paid'), ('received')) AS sides (side),
         LATERAL jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' <> ALL($3::text[]) AND created_at > now() - make_interval(hours => $4)
      AND (fanned_out_at IS NULL OR EXISTS (
          SELECT FROM deliveries WHERE deliveries.alert_id = fresh.alert_id AND state <> 'suppressed'))
    ON CONFLICT DO NOTHING
)
UPDATE token_alerts_noted SET alert_id = (SELECT max(fresh.alert_id) FROM fresh)
WHERE chain = $1 AND EXISTS (SELECT FROM fresh)
RETURNING (SELECT count(*) FROM fresh);

-- name: token_safety.NEXT
-- The tokens to check next. Half of a round is for tokens that nobody has checked yet, the busiest first, and
-- half for the others, the busier and the longer ago the sooner; what one half does not need is for the
-- other.
WITH weighed AS (
    SELECT mint, count(*) AS weight FROM (
        SELECT mint FROM token_alerts WHERE chain = $1
        UNION ALL SELECT mint FROM own_tokens WHERE chain = $1) AS watched GROUP BY mint
), ordered AS (
    SELECT mint, read_at IS NOT NULL AS was_read, row_number() OVER (
        PARTITION BY read_at IS NULL
        ORDER BY extract(epoch FROM now() - read_at) * weight DESC, weight DESC, mint) AS number
    FROM weighed LEFT JOIN (SELECT mint, read_at FROM token_watches WHERE chain = $1) AS looked USING (mint)
)
SELECT mint FROM ordered ORDER BY number, was_read LIMIT $2;

-- name: token_safety.HOLDERS
-- A few owners of each token. Only who bought it: a token that was sent to a wallet unasked says nothing. A
-- few of each token are enough, since each costs the node accounts to read at every turn.
SELECT mint, (array_agg(DISTINCT address ORDER BY address))[1:$3] AS wallets FROM (
    SELECT positions.mint, wallets.address, row_number() OVER (
        PARTITION BY positions.mint ORDER BY holdings.raw DESC, wallets.address) AS number
    FROM positions JOIN holdings USING (chain, mint, wallet_id) JOIN wallets USING (wallet_id)
    WHERE positions.chain = $1 AND positions.mint = ANY($2::text[]) AND holdings.raw > 0
      AND (positions.state->>'purchases')::int > 0
      AND EXISTS (SELECT FROM watches WHERE watches.wallet_id = positions.wallet_id)) AS ranked
WHERE number <= $3 GROUP BY mint;
