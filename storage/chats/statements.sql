-- The long statements of storage/chats, by module; storage/sql_files.py reads them.

-- name: group_migrations.MOVE_DELIVERIES
-- Moves the deliveries of a group to its new id. Of what both ids got, the one of the new id stays; the other
-- is deleted with the old chat.
UPDATE deliveries SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM deliveries AS other
    WHERE other.alert_id = deliveries.alert_id AND other.chat_id = $2 AND other.topic_id = deliveries.topic_id
      AND other.channel = deliveries.channel AND other.address = deliveries.address)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.outage_id = deliveries.outage_id AND other.chat_id = $2
      AND other.channel = deliveries.channel AND other.address = deliveries.address)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other
    WHERE other.broadcast_id = deliveries.broadcast_id AND other.chat_id = $2);

-- name: group_migrations.MOVE_SETTINGS
-- Moves the settings of a group to its new id. The new id may have been seen before Telegram said that it is
-- the same group: what somebody has set there stays, and what stands as it was made gives way to what the old
-- id had.
UPDATE chats SET settings = CASE WHEN chats.settings = '{}' THEN old.settings ELSE chats.settings END,
    tier = CASE WHEN chats.tier = 'free' THEN old.tier ELSE chats.tier END,
    spam_line_at = CASE WHEN chats.settings = '{}' THEN old.spam_line_at ELSE chats.spam_line_at END,
    payer_id = coalesce(chats.payer_id, old.payer_id),
    confirmed_at = coalesce(chats.confirmed_at, old.confirmed_at),
    closed_at = CASE WHEN chats.closed_reason = 'unconfirmed' THEN old.closed_at ELSE chats.closed_at END,
    closed_reason = CASE WHEN chats.closed_reason = 'unconfirmed' THEN old.closed_reason
        ELSE chats.closed_reason END
FROM chats AS old WHERE chats.chat_id = $2 AND old.chat_id = $1;

-- name: message_facts.OTHER_HOLDERS
-- How many other wallets that a chat follows own a token. From the chat's own watches, so that a token that
-- everybody holds costs no longer.
SELECT asked.chat_id, asked.topic_id, asked.mint, asked.wallet, count(*)::int AS number
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS asked (chat_id, topic_id, mint, wallet)
JOIN watches USING (chat_id, topic_id) JOIN wallets USING (wallet_id)
CROSS JOIN LATERAL (
    SELECT FROM holdings
    WHERE chain = $1 AND mint = asked.mint AND wallet_id = watches.wallet_id AND raw > 0 LIMIT 1) AS holding
WHERE address <> asked.wallet
GROUP BY asked.chat_id, asked.topic_id, asked.mint, asked.wallet;

-- name: people.FILE
-- What is known of a chat, for operators. Subqueries, each by its own index: joined, three lists of a chat
-- would multiply each other.
SELECT chat_id, kind, title, tier, created_at, closed_reason, closed_at,
       (SELECT count(*) FROM watches WHERE watches.chat_id = chats.chat_id) AS watches,
       (SELECT count(*) FROM updates WHERE updates.chat_id = chats.chat_id
           AND received_at > now() - interval '1 day') AS updates_of_day,
       (SELECT max(received_at) FROM updates WHERE updates.chat_id = chats.chat_id) AS last_update_at,
       (SELECT count(*) FROM deliveries WHERE deliveries.chat_id = chats.chat_id AND state = 'sent'
           AND channel = 'telegram' AND finished_at > now() - interval '1 day') AS sent_of_day,
       (SELECT count(*) FROM deliveries WHERE deliveries.chat_id = chats.chat_id AND channel = 'telegram'
           AND state IN ('pending', 'retry', 'sending', 'deferred')) AS waiting
FROM chats WHERE chat_id = $1;

-- name: questions.CLAIM
-- The next questions for a worker, leased to it. Chats take turns: the first question of each comes before
-- the second of any. If a worker has the lease of one that it does not have in work, the answer to that call
-- did not arrive.
WITH due AS (
    SELECT question_id, row_number() OVER (PARTITION BY chat_id ORDER BY question_id) AS of_chat
    FROM questions
    WHERE state = 'open' AND kind = ANY($1::text[]) AND due_at <= now()
      AND (lease_until IS NULL OR lease_until < now() OR lease_owner = $2)
      AND question_id <> ALL($5::bigint[])
), claimed AS (
    SELECT question_id FROM questions JOIN due USING (question_id)
    WHERE state = 'open' AND (lease_until IS NULL OR lease_until < now() OR lease_owner = $2)
    ORDER BY of_chat, question_id LIMIT $4 FOR UPDATE OF questions SKIP LOCKED
)
UPDATE questions SET attempts = attempts + 1, lease_owner = $2,
    lease_until = now() + make_interval(secs => $3)
FROM claimed WHERE questions.question_id = claimed.question_id
RETURNING questions.question_id, kind, chat_id, topic_id, message_id, subject, attempts, update_id,
    receiver_id,
    coalesce((SELECT settings #>> '{display,language}' FROM chats
        WHERE chats.chat_id = questions.chat_id), '') AS language,
    coalesce((SELECT settings #>> '{display,numbers}' FROM chats
        WHERE chats.chat_id = questions.chat_id), '') AS numbers;

-- name: questions.COUNTS
-- How many questions of a day are in which state; an index has the open ones, another one the finished.
SELECT kind, count(*) FILTER (WHERE state = 'open' AND is_leased IS NOT TRUE) AS waiting,
    count(*) FILTER (WHERE state = 'open' AND is_leased) AS running,
    count(*) FILTER (WHERE state = 'answered') AS done, count(*) FILTER (WHERE state = 'failed') AS failed,
    coalesce(max(extract(epoch FROM now() - asked_at)) FILTER (WHERE state = 'open'), 0)::float8 AS oldest
FROM (
    SELECT kind, state, asked_at, lease_until > now() AS is_leased FROM questions WHERE state = 'open'
    UNION ALL
    SELECT kind, state, asked_at, NULL FROM questions
    WHERE state <> 'open' AND finished_at > now() - interval '24 hours'
) AS question
GROUP BY kind;

-- name: update_leases.CLAIM
-- Leases the oldest open update of each of many chats. One whose lease is over goes before those that are
-- new, since updates_working lets a chat have only one that is worked on. What another claim has locked is
-- its own; the others are checked again once they are locked here, and two claims never wait for each other.
-- An owner asks only for chats of which it handles no update now: if it has a lease there, the answer to that
-- claim did not arrive, so it gets the same update again. Of another owner nobody knows whether it has
-- replied.
WITH oldest AS MATERIALIZED (
    SELECT first.update_id FROM unnest($1::bigint[]) AS asked (chat_id) CROSS JOIN LATERAL (
        SELECT update_id FROM updates
        WHERE updates.chat_id = asked.chat_id AND state IN ('new', 'working')
        ORDER BY state = 'working' DESC, update_id LIMIT 1) AS first
), free AS MATERIALIZED (
    SELECT update_id FROM updates
    WHERE update_id IN (SELECT update_id FROM oldest)
        AND (state = 'new' OR (state = 'working' AND (lease_until <= now() OR lease_owner = $2)))
    ORDER BY update_id FOR UPDATE SKIP LOCKED
)
UPDATE updates SET state = 'working', attempts = attempts + 1, lease_owner = $2,
    lease_until = now() + make_interval(secs => $3),
    copies = CASE WHEN lease_owner <> $2 THEN greatest(copies, 1) ELSE copies END
WHERE update_id IN (SELECT update_id FROM free)
RETURNING update_id, chat_id, user_id, payload, attempts, copies,
    extract(epoch FROM now() - received_at)::float8 AS age,
    EXISTS (SELECT FROM chats WHERE chats.chat_id = updates.chat_id
        AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)) AS is_shut;

-- name: update_leases.FINISH
-- Closes updates that were handled. What people wrote is kept no longer than it is needed: a handled update
-- keeps the ids by which it is known when it comes again, and nothing of what it says. One that failed, or
-- could not be read, is kept to be looked into, unless it may hold a secret.
UPDATE updates SET state = CASE WHEN finished.error IS NULL THEN 'done' ELSE 'failed' END,
    payload = CASE
        WHEN (finished.error IS NULL AND NOT payload ? 'unreadable') OR payload::text ~ $3
        THEN jsonb_build_object('update_id', updates.update_id,
            'message', jsonb_build_object('message_id', payload #> '{message,message_id}'))
        ELSE payload END,
    error = finished.error, finished_at = now(), lease_owner = NULL, lease_until = NULL
FROM json_to_recordset($1::json) AS finished (update_id bigint, error text)
WHERE updates.update_id = finished.update_id AND lease_owner = $2
RETURNING updates.update_id, EXISTS (
    SELECT FROM updates AS other WHERE other.chat_id = updates.chat_id AND other.state IN ('new', 'working')
        AND other.update_id <> updates.update_id) AS has_more;

-- name: updates.STORE
-- Stores updates of chats and people who are not heavy users. What could not be read is set aside with its
-- text. With an owner ($2) the first update of a chat that has none open is leased to it at once. Of two
-- instances that do so for one chat the second one conflicts with updates_working and stores nothing, so what
-- is missing in the answer is stored again without a lease.
INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, error, finished_at,
    attempts, lease_owner, lease_until)
SELECT update_id, chat_id, user_id, is_request, payload,
    CASE WHEN is_unreadable THEN 'failed' WHEN is_leased THEN 'working' ELSE 'new' END,
    CASE WHEN is_unreadable THEN 'unreadable' END, CASE WHEN is_unreadable THEN now() END,
    is_leased::integer, CASE WHEN is_leased THEN $2 END,
    CASE WHEN is_leased THEN now() + make_interval(secs => $3) END
FROM (
    SELECT *, chat_id = 0 AND payload ? 'unreadable' AS is_unreadable,
        $2::text IS NOT NULL AND chat_id <> 0 AND update_id = min(update_id) OVER (PARTITION BY chat_id)
        AND NOT EXISTS (SELECT FROM updates AS other
            WHERE other.chat_id = given.chat_id AND other.state IN ('new', 'working'))
        AND NOT EXISTS (SELECT FROM chats WHERE chats.chat_id = given.chat_id
            AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)) AS is_leased
    FROM (SELECT update_id, chat_id, user_id, is_request, payload::jsonb AS payload
        FROM json_to_recordset($1::json) AS row
            (update_id bigint, chat_id bigint, user_id bigint, is_request boolean, payload text)) AS given
) AS judged
ON CONFLICT DO NOTHING RETURNING update_id, state = 'working' AS is_leased;

-- name: updates.STORE_HEAVY
-- Stores updates of heavy users. Only requests that were let in are counted, so the index holds no more of a
-- chat than its share. A limited update keeps its id, so that it is known when it comes again, and nothing of
-- what it says; the first one of a chat also keeps where it came from, until the chat is notified.
WITH given AS MATERIALIZED (
    SELECT given.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::jsonb[])
        AS given (update_id, chat_id, user_id, payload)
    WHERE NOT EXISTS (SELECT FROM updates WHERE updates.update_id = given.update_id)
), ranked AS MATERIALIZED (
    SELECT update_id, chat_id, user_id,
        row_number() OVER (PARTITION BY chat_id ORDER BY update_id) AS of_chat,
        row_number() OVER (PARTITION BY user_id ORDER BY update_id) AS of_person
    FROM given
), in_chat AS MATERIALIZED (
    SELECT chat_id,
        (SELECT count(*) FROM updates WHERE updates.chat_id = asking.chat_id AND is_request
            AND received_at > now() - make_interval(secs => $5)) AS handled,
        (SELECT count(*) FROM updates WHERE updates.chat_id = asking.chat_id AND is_request
            AND state IN ('new', 'working')) AS open,
        EXISTS (SELECT FROM updates WHERE updates.chat_id = asking.chat_id AND state = 'limited'
            AND received_at > now() - make_interval(secs => $5)) AS is_notified
    FROM (SELECT DISTINCT chat_id FROM ranked) AS asking
), of_person AS MATERIALIZED (
    SELECT user_id, (SELECT count(*) FROM updates WHERE updates.user_id = asking.user_id AND is_request
        AND received_at > now() - make_interval(secs => $5)) AS handled
    FROM (SELECT DISTINCT user_id FROM ranked WHERE user_id <> 0) AS asking
), busy AS MATERIALIZED (
    SELECT count(*) >= $9::bigint AS is_busy
    FROM (SELECT FROM updates WHERE state IN ('new', 'working') LIMIT $9::bigint) AS open
), beyond AS MATERIALIZED (
    SELECT update_id, NOT is_notified AND update_id = min(update_id) OVER (PARTITION BY chat_id) AS is_first
    FROM ranked
    JOIN in_chat USING (chat_id) LEFT JOIN of_person USING (user_id) CROSS JOIN busy
    WHERE in_chat.handled + of_chat > CASE WHEN chat_id > 0 THEN $7::bigint ELSE $8::bigint END
        OR (user_id <> 0 AND of_person.handled + ranked.of_person > $6::bigint)
        OR (is_busy AND open + of_chat > $10::bigint)
), stored AS (
    INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, error, lease_until,
        finished_at)
    SELECT update_id, given.chat_id, user_id, beyond.update_id IS NULL,
        CASE WHEN beyond.update_id IS NULL THEN payload
            WHEN is_first THEN payload
                #- '{message,text}' #- '{message,caption}' #- '{message,reply_to_message}'
                #- '{edited_message,text}' #- '{edited_message,caption}'
                #- '{edited_message,reply_to_message}'
                #- '{callback_query,data}' #- '{callback_query,message,text}'
            ELSE jsonb_build_object('update_id', update_id) END,
        CASE WHEN beyond.update_id IS NULL THEN 'new' ELSE 'limited' END,
        CASE WHEN is_first THEN 'not notified' END,
        CASE WHEN is_first THEN now() + make_interval(secs => $11) END,
        CASE WHEN beyond.update_id IS NOT NULL THEN now() END
    FROM given LEFT JOIN beyond USING (update_id)
    ON CONFLICT DO NOTHING RETURNING update_id
)
SELECT update_id, beyond.update_id IS NOT NULL AS is_limited, is_first
FROM stored LEFT JOIN beyond USING (update_id);
