-- The whole schema. Times come from the database; amounts are exact integers, with decimals beside them in payloads.
-- depends:

-- ---------------------------------------------------------------------------------------------------------------
-- Chats, wallets, and who follows what
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE chats (
    chat_id       bigint PRIMARY KEY,
    kind          text NOT NULL DEFAULT 'private',   -- private, group, supergroup, channel
    title         text NOT NULL DEFAULT '',
    closed_reason text,                              -- why nothing is sent there; NULL: open
    closed_at     timestamptz,
    suspended_reason   text,                              -- why nothing may be sent there at present; NULL: it may
    suspended_at       timestamptz,                       -- since when
    suspended_until    timestamptz,                       -- what waits is not tried again before
    suspended_count    integer NOT NULL DEFAULT 0,        -- refusals in a row: the pauses grow
    created_at    timestamptz NOT NULL DEFAULT now(),
    settings      jsonb NOT NULL DEFAULT '{}',       -- domain/rules/rules.py: ChatSettings
    tier          text NOT NULL DEFAULT 'free',      -- domain/rules/tiers.py
    confirmed_at  timestamptz,                       -- of a group or channel: when an admin let the bot speak
    payer_id      bigint,                            -- the person whose limits a group uses; NULL: its own
    spam_line_at  timestamptz,                       -- when silent spam is counted next; NULL: it is not
    has_webhooks  boolean NOT NULL DEFAULT false     -- one of its webhooks is on; kept by a trigger of theirs
);
CREATE INDEX chats_spam_line ON chats (spam_line_at) WHERE spam_line_at IS NOT NULL;
-- A message that is sent opens a suspended chat; few are, so that to find one costs nothing.
CREATE INDEX chats_suspended ON chats (chat_id) WHERE suspended_at IS NOT NULL;

CREATE INDEX chats_by_payer ON chats (payer_id) WHERE payer_id IS NOT NULL;

-- Whose limits a chat uses: its own, or those of the person who pays for it.
CREATE FUNCTION account_of(chat chats) RETURNS bigint LANGUAGE sql IMMUTABLE AS $body$
    SELECT CASE WHEN (chat).tier <> 'free' THEN (chat).chat_id ELSE coalesce((chat).payer_id, (chat).chat_id) END
$body$;

CREATE FUNCTION tier_of_payer(payer bigint) RETURNS text LANGUAGE sql STABLE AS $body$
    SELECT coalesce((SELECT tier FROM chats WHERE chat_id = payer), 'free')
$body$;

-- The tier that counts for a chat. What reads another row stands apart, since PostgreSQL calls such a function for each
-- row; this one becomes a part of the statement.
CREATE FUNCTION tier_of(chat chats) RETURNS text LANGUAGE sql STABLE AS $body$
    SELECT CASE WHEN (chat).tier <> 'free' OR (chat).payer_id IS NULL THEN (chat).tier
        ELSE tier_of_payer((chat).payer_id) END
$body$;

CREATE TABLE wallets (
    wallet_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain      text NOT NULL,
    address    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    banned_reason text,                              -- why nobody may follow it; NULL: everybody may
    banned_by  bigint,
    UNIQUE (chain, address)
);

CREATE TABLE watches (
    watch_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,           -- 0: no topic
    wallet_id   bigint NOT NULL REFERENCES wallets,
    label       text NOT NULL DEFAULT '',
    tags        text[] NOT NULL DEFAULT '{}',        -- without #
    muted_until timestamptz,
    over_limit  boolean NOT NULL DEFAULT false,      -- pauses: more are followed than the tier allows, the newest pause
    created_by  bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    rules       jsonb NOT NULL DEFAULT '{}',         -- domain/rules/rules.py: Rules
    since_slot  bigint,                              -- no alert for activities up to this slot; NULL: not known
    UNIQUE (chat_id, topic_id, wallet_id)
);
CREATE INDEX watches_by_wallet ON watches (wallet_id, watch_id);
CREATE INDEX watches_by_creator ON watches (created_by) WHERE created_by IS NOT NULL;

-- The wallets followed on an account.
CREATE FUNCTION watches_on(account bigint) RETURNS bigint LANGUAGE sql STABLE AS $body$
    SELECT count(*) FROM watches WHERE chat_id IN (
        SELECT chat_id FROM chats WHERE (chat_id = account OR payer_id = account) AND account_of(chats) = account)
$body$;

-- Whether a chat keeps back a wallet for a tag of it; what stands in a row and is no object mutes nothing.
CREATE FUNCTION has_muted_tag(settings jsonb, tags text[]) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT tags <> '{}' AND EXISTS (
        SELECT FROM jsonb_each_text(CASE jsonb_typeof(settings->'muted_tags') WHEN 'object' THEN settings->'muted_tags' END)
            AS muted (tag, until)
        WHERE muted.tag = ANY (tags) AND muted.until::timestamptz > now())
$body$;

-- Lists of wallets that people share by a link; the link names the row and is sealed by the bot.
CREATE TABLE shared_lists (
    list_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id    bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    owner_id   bigint NOT NULL,
    owner_name text NOT NULL,                        -- as Telegram says it: hostile until escaped
    is_named   boolean NOT NULL DEFAULT false,       -- whether the owner agrees that readers see the name
    wallets    jsonb NOT NULL,                       -- addresses and names, in their order
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX shared_lists_by_chat ON shared_lists (chat_id);
CREATE INDEX shared_lists_expiring ON shared_lists (expires_at);

-- Whether another wallet bears the same name in the same chat and topic.
CREATE FUNCTION has_namesake(watch watches) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT (watch).label <> '' AND EXISTS (
        SELECT FROM watches AS other
        WHERE other.chat_id = (watch).chat_id AND other.topic_id = (watch).topic_id
          AND other.watch_id <> (watch).watch_id AND lower(other.label) = lower((watch).label))
$body$;

CREATE TABLE bans (
    user_id   bigint PRIMARY KEY,
    reason    text NOT NULL,
    banned_by bigint NOT NULL,
    banned_at timestamptz NOT NULL DEFAULT now()
);

-- ---------------------------------------------------------------------------------------------------------------
-- What the chain did
-- ---------------------------------------------------------------------------------------------------------------

-- An activity is stored once, whichever scanner reads it and whichever partition holds it. A unique key of a
-- partitioned table must hold the partition's column, the block time; so the key has a table of its own.
CREATE TABLE activity_keys (
    chain          text NOT NULL,
    signature      text NOT NULL,
    wallet         text NOT NULL,
    activity_index integer NOT NULL,
    block_time     timestamptz NOT NULL,
    PRIMARY KEY (chain, signature, wallet, activity_index)
);
-- Retention looks for old keys; without this index it would read all of them.
CREATE INDEX activity_keys_by_time ON activity_keys USING brin (block_time);

CREATE TABLE activities (
    chain          text NOT NULL,
    signature      text NOT NULL,
    wallet         text NOT NULL,
    activity_index integer NOT NULL,
    slot           bigint NOT NULL,
    kind           text NOT NULL,
    payload        jsonb NOT NULL,
    block_time     timestamptz NOT NULL,             -- the clock of the database where the chain gave none
    seen_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, signature, wallet, activity_index, block_time)
) PARTITION BY RANGE (block_time);
CREATE TABLE activities_default PARTITION OF activities DEFAULT;
CREATE INDEX activities_by_wallet ON activities (wallet, block_time DESC);
CREATE INDEX activities_by_time ON activities USING brin (block_time);
-- For paper campaigns: all trades of some time.
CREATE INDEX activities_traded ON activities (block_time) WHERE kind IN ('buy', 'sell', 'swap');
-- What a wallet did itself: storage/market/unasked.py looks there, past the millions that some only receive.
CREATE INDEX activities_dealt ON activities (wallet, block_time DESC) WHERE kind NOT IN ('transfer_in', 'mint');
-- To whom a wallet sent something: who only looks like one of those is no friend.
CREATE INDEX activities_sent ON activities (wallet, ((payload->>'counterparty') COLLATE "C"))
    WHERE kind = 'transfer_out';

-- What is stored of a wallet because a stream alone says so, until a block or a look-up shows the same or another.
CREATE TABLE provisional (
    chain     text NOT NULL,
    signature text NOT NULL,
    wallet    text NOT NULL,
    slot      bigint NOT NULL,                       -- where it was seen
    may_move  boolean NOT NULL DEFAULT false,        -- not confirmed: it may land again in a later slot
    noted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, signature, wallet)
);

CREATE TABLE quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain         text NOT NULL,
    slot          bigint NOT NULL,
    position      integer NOT NULL,                  -- of the transaction in its block; -1: a whole block or range
    signature     text,
    last_slot     bigint,                            -- of a range of slots; NULL: this slot alone
    block_time    bigint,                            -- unix seconds; NULL: not known
    reason        text NOT NULL,
    raw           bytea NOT NULL,                    -- empty: no node had the block
    created_at    timestamptz NOT NULL DEFAULT now(),
    tried_at      timestamptz,                       -- when it was last tried again
    decoded_at    timestamptz,                       -- when it was decoded after all
    UNIQUE NULLS NOT DISTINCT (chain, slot, position, signature)
);

-- ---------------------------------------------------------------------------------------------------------------
-- How far each chain is read
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE chains (
    chain    text PRIMARY KEY,
    genesis  text NOT NULL,                          -- hash of the chain whose data stand under this name
    noted_at timestamptz NOT NULL DEFAULT now()
);

-- The newest slot that a scanner knows, at the commitment of alerts; written about once a second.
CREATE TABLE heads (
    chain      text PRIMARY KEY,
    slot       bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- NULL: no scanner stored one within a minute. An older row is not used: the chain may have begun again meanwhile.
CREATE FUNCTION head_of(on_chain text) RETURNS bigint LANGUAGE sql STABLE AS $body$
    SELECT slot FROM heads WHERE chain = on_chain AND updated_at > now() - interval '1 minute'
$body$;

-- Follows wallets in one round trip: thousands of people follow one at once, and a transaction of a dozen statements
-- keeps its connection from all others while it waits for its program. One writer of an account at a time counts what it
-- follows. Of those that the chat did not follow, `allowed` less what it follows are added, the first ones; NULL: all.
CREATE FUNCTION follow_wallets(
    for_chat bigint, for_topic bigint, on_chain text, addresses text[], labels text[], by_user bigint, allowed bigint,
    OUT added text[], OUT left_out text[], OUT banned text[], OUT used bigint
) LANGUAGE plpgsql AS $body$
#variable_conflict use_column
DECLARE
    account bigint := coalesce((SELECT account_of(chats) FROM chats WHERE chat_id = for_chat), for_chat);
    kept text[];
    kept_labels text[];
BEGIN
    PERFORM FROM chats WHERE chat_id = account FOR NO KEY UPDATE;
    banned := ARRAY(SELECT address FROM wallets
        WHERE chain = on_chain AND address = ANY (addresses) AND banned_reason IS NOT NULL);
    used := watches_on(account);
    WITH asked AS (
        SELECT wanted.address, wanted.label, position, known.address IS NOT NULL AS is_known
        FROM unnest(addresses, labels) WITH ORDINALITY AS wanted (address, label, position)
        LEFT JOIN (SELECT address FROM watches JOIN wallets USING (wallet_id)
            WHERE chat_id = for_chat AND topic_id = for_topic AND chain = on_chain
                AND address = ANY (addresses)) AS known USING (address)
        WHERE wanted.address <> ALL (banned)
    ), placed AS (
        SELECT *, is_known OR allowed IS NULL
            OR count(*) FILTER (WHERE NOT is_known) OVER (ORDER BY position) <= greatest(allowed - used, 0) AS is_kept
        FROM asked
    )
    SELECT coalesce(array_agg(address ORDER BY position) FILTER (WHERE is_kept), '{}'),
        coalesce(array_agg(label ORDER BY position) FILTER (WHERE is_kept), '{}'),
        coalesce(array_agg(address ORDER BY position) FILTER (WHERE NOT is_kept), '{}')
    INTO kept, kept_labels, left_out FROM placed;
    INSERT INTO wallets (chain, address)
    SELECT on_chain, address FROM unnest(kept) AS new (address) ORDER BY address
    ON CONFLICT DO NOTHING;
    -- xmax is 0 in a row that was inserted, and not in one that was updated.
    WITH followed AS (
        INSERT INTO watches (chat_id, topic_id, wallet_id, label, created_by, since_slot)
        SELECT for_chat, for_topic, wallet_id, label, by_user, head_of(on_chain)
        FROM unnest(kept, kept_labels) WITH ORDINALITY AS new (address, label, position)
        JOIN wallets ON wallets.chain = on_chain AND wallets.address = new.address
        ORDER BY position
        ON CONFLICT (chat_id, topic_id, wallet_id) DO UPDATE
        SET label = CASE WHEN excluded.label = '' THEN watches.label ELSE excluded.label END
        RETURNING wallet_id, xmax = 0 AS is_new)
    SELECT coalesce(array_agg(address), '{}') INTO added FROM followed JOIN wallets USING (wallet_id) WHERE is_new;
    used := used + cardinality(added);
END $body$;

CREATE TABLE cursors (
    chain      text NOT NULL,
    feed       text NOT NULL,                        -- 'blocks'
    slot       bigint NOT NULL,                      -- everything up to and with this slot is stored or quarantined
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, feed)
);

-- How far each bucket of wallets is complete; the cursor 'blocks' stands at the lowest of them or above.
CREATE TABLE shard_cursors (
    chain    text NOT NULL,
    bucket   integer NOT NULL,
    slot     bigint NOT NULL,                        -- every wallet of the bucket is stored up to and with it
    moved_at timestamptz,                            -- when it last moved; NULL: not known
    PRIMARY KEY (chain, bucket)
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02);

-- A time in which the feed was not read. At most one of a chain has no announcement yet: a gap that touches it
-- joins it.
CREATE TABLE outages (
    outage_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain          text NOT NULL,
    buckets        integer[],                        -- of wallets that were not seen; NULL: of all
    began_at       timestamptz NOT NULL,             -- when the cursor had moved last
    ended_at       timestamptz,                      -- when it had caught up; NULL: it has not yet
    gaps           integer NOT NULL DEFAULT 1,       -- with pauses between them too short for announcements of their own
    slots          int8multirange NOT NULL,          -- what was produced while nothing was read
    blocks         bigint NOT NULL DEFAULT 0,        -- read afterwards
    unread         bigint NOT NULL DEFAULT 0,        -- slots of it whose blocks no node had, when it is announced
    counted_to     bigint NOT NULL,                  -- blocks up to this slot are counted
    after_alert_id bigint NOT NULL,                  -- the last one stored before it began
    upto_alert_id  bigint,
    announcing_at  timestamptz,                      -- when the first chats got a system message
    last_chat_id   bigint,                           -- how far that has come
    announced_at   timestamptz                       -- when every chat had got one
);
CREATE UNIQUE INDEX outages_open ON outages (chain) WHERE announcing_at IS NULL;
CREATE INDEX outages_to_announce ON outages (outage_id) WHERE announced_at IS NULL;

-- ---------------------------------------------------------------------------------------------------------------
-- Alerts and what becomes of them
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE alerts (
    alert_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain           text NOT NULL,
    wallet_id       bigint REFERENCES wallets,       -- whose watches get it
    kind            text NOT NULL DEFAULT 'activity', -- domain/alerts/kinds.py: what it reports
    subject         text NOT NULL,                   -- the address that it concerns
    sort            text NOT NULL,                   -- within the kind, such as buy or sell: digests count by it
    payload         jsonb NOT NULL,                  -- the event, in the type of its kind
    market          jsonb,                           -- what it was worth when it was decided; NULL: not decided yet
    block_time      timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    written_by      xid8 NOT NULL DEFAULT pg_current_xact_id(), -- the transaction that stored it
    last_watch_id   bigint NOT NULL DEFAULT 0,       -- how far the fan-out has come
    watches_decided integer NOT NULL DEFAULT 0,      -- so far
    fanned_out_at   timestamptz,                     -- NULL: not all watches are decided yet
    failures        integer NOT NULL DEFAULT 0,      -- how often it could not be decided
    retry_at        timestamptz,                     -- not decided before; NULL: at once
    coalesce_until  timestamptz,                     -- grouped with others of its wallet then; NULL: sent at once
    reverted_at     timestamptz,                     -- when its block was known to have died; NULL: it stands
    corrected_at    timestamptz,                     -- when each message that shows it was to be corrected
    grade           jsonb,                           -- of its token's scan, known when it was decided; NULL: none
    late            jsonb,                           -- what became known after it was decided; NULL: nothing did
    late_edited_at  timestamptz,                     -- when each message was to be edited that could show that
    trade_noted_at  timestamptz                      -- when pool and price that it shows were noted
);
CREATE INDEX alerts_to_fan_out ON alerts (alert_id) WHERE fanned_out_at IS NULL;
-- For counts of each minute.
CREATE INDEX alerts_by_time ON alerts (created_at);
CREATE INDEX alerts_to_correct ON alerts (alert_id) WHERE reverted_at IS NOT NULL AND corrected_at IS NULL;
-- For paper campaigns: prices of trades whose block died.
CREATE INDEX alerts_reverted ON alerts (block_time) WHERE reverted_at IS NOT NULL;
CREATE INDEX alerts_to_edit ON alerts (alert_id) WHERE late IS NOT NULL AND late_edited_at IS NULL;
CREATE INDEX alerts_to_note ON alerts (alert_id)
    WHERE market IS NOT NULL AND trade_noted_at IS NULL AND sort IN ('buy', 'sell', 'swap');
-- Patterns that were announced of a token, or of a wallet.
CREATE INDEX alerts_of_patterns ON alerts (subject, created_at) WHERE kind = 'pattern';
-- For /why: from a transaction or a wallet to its alerts.
CREATE INDEX alerts_by_signature ON alerts ((payload->>'signature'));
CREATE INDEX alerts_by_wallet ON alerts (wallet_id, alert_id DESC);
-- For /pnl: sales that said what they made.
CREATE INDEX alerts_with_outcome ON alerts (wallet_id, created_at DESC)
    WHERE market->'outcome' ? 'known_share';

-- The chats that an alert without a wallet is for.
CREATE TABLE alert_chats (
    alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    number   bigint NOT NULL,                        -- from 1: the order in which they are decided
    chat_id  bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id bigint NOT NULL DEFAULT 0,
    answers_alert_id bigint,                         -- the earlier alert whose message it answers; NULL: none
    PRIMARY KEY (alert_id, number)
);
CREATE INDEX alert_chats_by_chat ON alert_chats (chat_id, alert_id);

-- Which alerts of the last two days were about a token, and how far that is noted.
CREATE TABLE token_alerts (
    chain      text NOT NULL,
    mint       text NOT NULL,
    alert_id   bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (chain, mint, alert_id)
);
CREATE INDEX token_alerts_by_time ON token_alerts USING brin (created_at);
CREATE TABLE token_alerts_noted (
    chain    text PRIMARY KEY,
    alert_id bigint NOT NULL
);

-- What tokens of alerts were worth some hours later: domain/alerts/outcomes.py.
CREATE TABLE alert_outcomes (
    alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    hours    smallint NOT NULL,                      -- after the alert
    source   text NOT NULL,                          -- candle, pool, drained, unknown
    gain     numeric,                                -- by which part of its fill it was worth more; NULL: not known
    PRIMARY KEY (alert_id, hours)
);

-- What the last week brought that the budget of a chat counts; counted again each hour.
CREATE TABLE noise_weeks (
    chat_id    bigint PRIMARY KEY REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    zone       text NOT NULL,                        -- by whose clock its hours are counted
    week       jsonb NOT NULL,                       -- a NoiseWeek of domain/rules/noise.py
    counted_at timestamptz NOT NULL DEFAULT now()
);

-- Positions that chats read of in one message, edited from entry to exit: domain/delivery/living.py.
CREATE TABLE living_alerts (
    living_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id   bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id  bigint NOT NULL DEFAULT 0,
    wallet_id bigint NOT NULL REFERENCES wallets,
    mint      text NOT NULL,
    lane      smallint NOT NULL,                     -- of its message and of all edits, so that they go one by one
    events    integer NOT NULL DEFAULT 1,
    edit_at   timestamptz NOT NULL,                  -- of the latest edit, or when the next one is due
    last_at   timestamptz NOT NULL DEFAULT now(),    -- when its last event was decided
    closed_at timestamptz,                           -- when it ended: what follows begins a new message
    closed_by bigint                                 -- the alert of the exit that ended it; NULL: anything else did
);
CREATE UNIQUE INDEX living_alerts_open ON living_alerts (chat_id, topic_id, wallet_id, mint)
    WHERE closed_at IS NULL;

CREATE TABLE broadcasts (
    broadcast_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text         text NOT NULL,                      -- Telegram HTML, made of escaped words
    state        text NOT NULL DEFAULT 'draft',      -- draft, running, stopped, done
    created_by   bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz
);

-- The outbox: everything that is sent to a chat unasked. States: domain/delivery/deliveries.py; kinds:
-- domain/delivery/deliveries.py. Alert, outage and broadcast are no foreign keys: checking them took a third of the
-- time of a fan-out. Who inserts has them locked, and retention deletes them after their deliveries.
CREATE TABLE deliveries (
    delivery_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text NOT NULL DEFAULT 'alert',
    alert_id        bigint,                          -- of an alert, and of the one that carries a digest
    outage_id       bigint,
    broadcast_id    bigint,
    corrects_id     bigint REFERENCES deliveries ON DELETE CASCADE, -- of an edit: the delivery whose message it is
    named_by_id     bigint,                          -- the line that names it: nobody can tell whether it arrived
    living_id       bigint,                          -- the position in whose one message it stands; NULL: in its own
    target_message_id bigint,                        -- that a correction edits or answers; NULL: not known
    events          bigint NOT NULL DEFAULT 0,       -- of an outage: alerts of this chat in it; of a push: its changes
    chat_id         bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id        bigint NOT NULL DEFAULT 0,
    channel         text NOT NULL DEFAULT 'telegram', -- by what it goes
    address         text NOT NULL DEFAULT '',        -- within the channel; empty: the chat itself
    watch_id        bigint,                          -- the watch that asked; it may be gone by now
    gate            text,                            -- what decided an alert: 'wanted', or the gate that said no
    reasons         jsonb,                           -- rules and facts of the decision; NULL: the chat had set nothing
    surprise        real GENERATED ALWAYS AS ((reasons->>'surprise')::real) STORED, -- NULL: no budget judged it
    digest_id       bigint,                          -- the delivery whose digest holds this one; its own id: the digest
    lane            smallint NOT NULL DEFAULT 2,     -- 1 urgent, 2 normal, 3 bulk, 4 broadcast: domain/rules/lanes.py
    fair_queue_at   timestamptz NOT NULL DEFAULT now(), -- its order in the lane: a large fan-out lets small ones in
    coalescing      boolean NOT NULL DEFAULT false,  -- due later on purpose; delays no other
    send_alone      boolean NOT NULL DEFAULT false,  -- Telegram refused a group that it was in; it goes by itself
    message_id      bigint,
    state           text NOT NULL DEFAULT 'pending',
    attempts        integer NOT NULL DEFAULT 0,
    ambiguous_sends integer NOT NULL DEFAULT 0,      -- whose answer did not come
    was_pushed      boolean NOT NULL DEFAULT false,  -- of a push: it was offered to its receiver, whatever `attempts` says
    replayed_at     timestamptz,                     -- when somebody asked for a push once more: it is tried again from then
    due_at          timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz,                     -- it is never sent after this; NULL: it always may be
    lease_owner     text,
    lease_until     timestamptz,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    written_by      xid8 NOT NULL DEFAULT pg_current_xact_id(), -- the transaction: feeds go by what they can see of them
    UNIQUE (alert_id, chat_id, topic_id, channel, address)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX deliveries_of_outage ON deliveries (outage_id, chat_id, channel, address)
    WHERE outage_id IS NOT NULL;
CREATE UNIQUE INDEX deliveries_of_broadcast ON deliveries (broadcast_id, chat_id) WHERE broadcast_id IS NOT NULL;
CREATE INDEX deliveries_of_broadcast_open ON deliveries (broadcast_id, delivery_id)
    WHERE broadcast_id IS NOT NULL AND state IN ('pending', 'retry', 'sending');
CREATE UNIQUE INDEX deliveries_by_corrected
    ON deliveries (corrects_id, (kind IN ('late_edit', 'living_refresh', 'push_correction')), events)
    WHERE corrects_id IS NOT NULL;
CREATE INDEX deliveries_of_living ON deliveries (living_id, delivery_id) WHERE living_id IS NOT NULL;
CREATE UNIQUE INDEX deliveries_refreshing ON deliveries (living_id)
    WHERE kind = 'living_refresh' AND state IN ('pending', 'retry');
CREATE INDEX deliveries_expiring ON deliveries (expires_at)
    WHERE expires_at IS NOT NULL AND state IN ('pending', 'retry');
-- What waits for a receiver of pushes, perhaps for days, is in no index by which messages are claimed.
CREATE INDEX deliveries_due ON deliveries (due_at, delivery_id)
    WHERE state IN ('pending', 'retry') AND channel = 'telegram';
CREATE INDEX deliveries_by_fair_queue ON deliveries (lane, fair_queue_at, delivery_id)
    WHERE state IN ('pending', 'retry') AND channel = 'telegram';
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_open_by_lane ON deliveries (chat_id, lane, delivery_id)
    WHERE state IN ('pending', 'retry', 'sending') AND channel = 'telegram';
-- Pushes by webhook: new ones before those that were tried; those that a sender has; and all, the latest first.
CREATE INDEX deliveries_pushes_due ON deliveries (address, (least(attempts, 1)), due_at, delivery_id)
    WHERE channel = 'webhook' AND state IN ('pending', 'retry');
CREATE INDEX deliveries_pushes_leased ON deliveries (address) WHERE channel = 'webhook' AND lease_owner IS NOT NULL;
CREATE UNIQUE INDEX deliveries_testing ON deliveries (address)
    WHERE kind = 'push_test' AND state IN ('pending', 'retry', 'sending');
CREATE INDEX deliveries_of_webhook ON deliveries (address, delivery_id DESC) WHERE channel = 'webhook';
CREATE INDEX deliveries_by_chat ON deliveries (chat_id, delivery_id DESC);
CREATE INDEX deliveries_deferred ON deliveries (due_at) WHERE state = 'deferred';
CREATE INDEX deliveries_in_digest ON deliveries (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_by_message ON deliveries (chat_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_unconfirmed ON deliveries (due_at) WHERE state = 'unconfirmed';
CREATE INDEX deliveries_named ON deliveries (named_by_id) WHERE named_by_id IS NOT NULL;
-- For counts of each minute.
CREATE INDEX deliveries_ended ON deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (finished_at) WHERE state = 'dead';
CREATE INDEX deliveries_silent ON deliveries (chat_id, created_at)
    WHERE gate IN ('dust', 'look_alike', 'link_name', 'blast', 'spam');
-- For feeds: what was written since a moment, whichever transaction ended first.
CREATE INDEX deliveries_feed ON deliveries (written_by, delivery_id) WHERE gate = 'wanted';
CREATE INDEX deliveries_judged ON deliveries (chat_id, created_at DESC) INCLUDE (surprise, gate)
    WHERE surprise IS NOT NULL;
CREATE INDEX deliveries_of_hour ON deliveries (chat_id, created_at) WHERE gate = 'wanted';

-- ---------------------------------------------------------------------------------------------------------------
-- What people sent and asked
-- ---------------------------------------------------------------------------------------------------------------

-- What Telegram sent, stored before Telegram gets its 200.
CREATE TABLE updates (
    update_id   bigint PRIMARY KEY,
    chat_id     bigint NOT NULL,                     -- 0: the update names no chat
    user_id     bigint NOT NULL DEFAULT 0,           -- who sent it; 0: nobody whose requests are counted
    is_request  boolean NOT NULL DEFAULT false,      -- counts towards the shares of chat and person
    payload     jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'new',         -- new, working, done, failed, limited (never handled)
    attempts    integer NOT NULL DEFAULT 0,
    copies      smallint NOT NULL DEFAULT 0,         -- of the reply that may have reached the chat
    lease_owner text,
    lease_until timestamptz,
    error       text,
    received_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX updates_open ON updates (chat_id, update_id) WHERE state IN ('new', 'working');
-- One instance handles one update of a chat at a time; a second claim of another one fails here.
CREATE UNIQUE INDEX updates_working ON updates (chat_id) WHERE state = 'working';
CREATE INDEX updates_failed ON updates (finished_at) WHERE state = 'failed';
CREATE INDEX updates_of_chat ON updates (chat_id, received_at) WHERE is_request;
CREATE INDEX updates_of_person ON updates (user_id, received_at) WHERE is_request;
CREATE INDEX updates_limited ON updates (chat_id, received_at) WHERE state = 'limited';
CREATE INDEX updates_not_notified ON updates (update_id) WHERE state = 'limited' AND error IS NOT NULL;

-- Questions that take long to answer; a job only names the row, so that a lost job is enqueued again from here.
CREATE TABLE questions (
    question_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    update_id   bigint NOT NULL,
    kind        text NOT NULL,                       -- domain/jobs.py: QuestionKind, which has its queue
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,
    message_id  bigint NOT NULL,                     -- the message that says "scanning…"; the answer replaces it
    receiver_id bigint NOT NULL DEFAULT 0,           -- who alone sees that message; 0: everybody
    subject     text NOT NULL,                       -- the address or mint
    state       text NOT NULL DEFAULT 'open',        -- open, answered, failed
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT now(),  -- no worker tries it before
    lease_owner text,
    lease_until timestamptz,
    error       text,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (update_id, kind)
);
CREATE INDEX questions_open ON questions (question_id) WHERE state = 'open';
CREATE INDEX questions_finished ON questions (finished_at) WHERE state <> 'open';

CREATE TABLE security_scans (
    chain      text NOT NULL,
    subject    text NOT NULL,
    result     jsonb NOT NULL,
    summary    jsonb,                                -- the grade in one line, for alerts
    earlier    jsonb,                                -- what later scans compare with: the most that there was
    scanned_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (chain, subject)
);

CREATE INDEX security_scans_by_creator ON security_scans (chain, (earlier #>> '{creation,creator}'))
    WHERE earlier #>> '{creation,creator}' IS NOT NULL;

-- Scans that were replaced by one that found something else, for "since last week: …".
CREATE TABLE security_scan_history (
    chain      text NOT NULL,
    subject    text NOT NULL,
    scanned_at timestamptz NOT NULL,
    result     jsonb NOT NULL,
    PRIMARY KEY (chain, subject, scanned_at)
);
CREATE INDEX security_scan_history_age ON security_scan_history (scanned_at);

-- Requests for grades of alerts in the present hour.
CREATE TABLE grade_requests (
    chain    text PRIMARY KEY,
    hour     timestamptz NOT NULL,
    requests integer NOT NULL
) WITH (fillfactor = 50);


-- The plain SOL of followed wallets, read in turn.
CREATE TABLE sol_readings (
    wallet_id bigint PRIMARY KEY REFERENCES wallets ON DELETE CASCADE,
    lamports  bigint NOT NULL,
    slot      bigint NOT NULL,
    read_at   timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 75);

-- Large changes between two readings, until it is known whether activities explain them.
CREATE TABLE sol_changes (
    wallet_id     bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    from_slot     bigint NOT NULL,
    from_lamports bigint NOT NULL,
    to_slot       bigint NOT NULL,
    to_lamports   bigint NOT NULL,
    noted_at      timestamptz NOT NULL DEFAULT now(),
    decided_at    timestamptz,                       -- NULL: the feed has not come so far, or nobody has looked
    result        text,
    PRIMARY KEY (wallet_id, to_slot)
);
CREATE INDEX sol_changes_open ON sol_changes (noted_at) WHERE decided_at IS NULL;

-- What a token that people were alerted on, or that followed wallets bought, was when it was last read.
CREATE TABLE token_watches (
    chain      text NOT NULL,
    mint       text NOT NULL,
    state      jsonb,                                -- domain/security/safety.py: TokenState; NULL: it could not be read
    announced  jsonb NOT NULL DEFAULT '{}',          -- when people last heard of each danger
    read_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint)
) WITH (fillfactor = 75);

-- ---------------------------------------------------------------------------------------------------------------
-- Whale searches, and the addresses they found
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE whale_searches (
    search_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain           text NOT NULL,
    update_id       bigint NOT NULL UNIQUE,          -- the request that started it: repeated, it starts nothing more
    started_by      bigint NOT NULL,
    chat_id         bigint NOT NULL,                 -- where its end is announced
    status          text NOT NULL DEFAULT 'running', -- running, stopped, expired, failed
    min_lamports    bigint NOT NULL,                 -- what moves less is not counted
    slots_per_step  integer NOT NULL,
    step_number     bigint NOT NULL DEFAULT 0,       -- rises with each write of a step: a job with an older one is fenced
    first_slot      bigint,                          -- NULL: not begun
    last_slot       bigint,                          -- every slot after first_slot, up to and with this one, is counted
    slots_scanned   bigint NOT NULL DEFAULT 0,
    swaps           bigint NOT NULL DEFAULT 0,
    transfers       bigint NOT NULL DEFAULT 0,
    volume          numeric(30, 0) NOT NULL DEFAULT 0, -- lamports
    addresses_found bigint NOT NULL DEFAULT 0,       -- not known before
    undecodable     bigint NOT NULL DEFAULT 0,       -- transactions
    requests        bigint NOT NULL DEFAULT 0,
    credits         bigint NOT NULL DEFAULT 0,       -- what these cost by the list in domain/whale_search.py
    errors          bigint NOT NULL DEFAULT 0,
    errors_in_row   integer NOT NULL DEFAULT 0,
    last_error      text,
    started_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    heartbeat_at    timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz,
    announced_at    timestamptz,                     -- when operators had read of its end
    card_chat_id    bigint,                          -- where its newest card stands, which shows how it is; NULL: nowhere
    card_message_id bigint,
    card_shown_at   timestamptz                      -- when that last showed it
);
CREATE UNIQUE INDEX whale_searches_running ON whale_searches (chain) WHERE status = 'running';
CREATE INDEX whale_searches_open ON whale_searches (heartbeat_at) WHERE announced_at IS NULL;

-- What one search found.
CREATE TABLE whale_finds (
    search_id     bigint NOT NULL REFERENCES whale_searches ON DELETE CASCADE,
    address       text NOT NULL,
    times_seen    bigint NOT NULL,
    volume        numeric(30, 0) NOT NULL,           -- lamports
    largest       numeric(30, 0) NOT NULL,           -- lamports of one activity
    kinds         text[] NOT NULL,
    venues        text[] NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    last_slot     bigint NOT NULL,
    PRIMARY KEY (search_id, address)
);
CREATE INDEX whale_finds_by_volume ON whale_finds (search_id, volume DESC, address);

-- What all searches found together.
CREATE TABLE whale_addresses (
    chain         text NOT NULL,
    address       text NOT NULL,
    times_seen    bigint NOT NULL,
    volume        numeric(30, 0) NOT NULL,           -- lamports
    largest       numeric(30, 0) NOT NULL,           -- lamports of one activity
    kinds         text[] NOT NULL,
    venues        text[] NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,              -- block time; the clock of the database where the chain gave none
    last_slot     bigint NOT NULL,
    PRIMARY KEY (chain, address)
);
CREATE INDEX whale_addresses_by_volume ON whale_addresses (chain, volume DESC, address);

-- What they have made in the last weeks: domain/positions/whale_scores.py.
CREATE TABLE whale_scores (
    chain     text NOT NULL,
    address   text NOT NULL,
    score     jsonb,                                 -- a WhaleScore; NULL: its transactions are not given
    value     double precision,                      -- the more the better; NULL: not worth following, or not known
    scored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, address)
);
CREATE INDEX whale_scores_by_value ON whale_scores (chain, value DESC) WHERE value IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------------------
-- Tokens, prices, holdings
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE tokens (
    chain         text NOT NULL,
    mint          text NOT NULL,
    symbol        text,                              -- as the chain says: hostile until escaped; NULL: unknown
    name          text,
    decimals      integer NOT NULL,
    supply        numeric,                           -- smallest unit, when the mint was last read
    uri           text,                              -- where its image and description are said to be; NULL: unknown
    mint_authority   text,                           -- who may make more; NULL: nobody, where `facts_at` is set
    freeze_authority text,                           -- who may freeze a holder's account; NULL: the same
    facts_at      timestamptz,                       -- when the mint itself was read; NULL: it was not
    created_at    timestamptz,                       -- of the mint, not of this row; NULL: nobody saw it made
    first_seen_at timestamptz NOT NULL DEFAULT now(), -- it is at least so old
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint)
);

-- Prices that stood on the chain, and that trades between its coin and a dollar token showed.
CREATE TABLE dollar_prices (
    chain     text NOT NULL,
    mint      text NOT NULL,
    signature text NOT NULL,                         -- of the trade; of a price on the chain when it was published
    usd       numeric NOT NULL,
    seen_at   timestamptz NOT NULL,                  -- block time
    wallet    text NOT NULL DEFAULT '',              -- who traded; empty: it stood on the chain
    source     text NOT NULL DEFAULT 'feed',         -- of a price on the chain: `feed`, `pools` or `fills`
    confidence numeric NOT NULL DEFAULT 0,           -- dollars by which those who say it are apart
    is_certain boolean NOT NULL DEFAULT true,        -- false: the chain says two things; it counts for nothing
    elsewhere  numeric,                              -- what was said elsewhere then, where that is too far away
    PRIMARY KEY (chain, mint, signature)
);
CREATE INDEX dollar_prices_by_time ON dollar_prices (chain, mint, seen_at DESC);

-- Wallets followed with virtual money: domain/paper.
CREATE TABLE campaigns (
    campaign_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,
    chain       text NOT NULL,
    wallets     text[] NOT NULL,                     -- that are followed
    plan        jsonb NOT NULL,
    origin      text UNIQUE,                         -- what started it: what is repeated starts nothing twice
    status      text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'stopped', 'ended')),
    pauses      jsonb NOT NULL DEFAULT '[]',         -- times of which it sees nothing, unix seconds
    state       jsonb,                               -- how far it has come; NULL: it has seen no trade
    whale       jsonb,                               -- the same at the whale's own prices, to compare with
    figures     jsonb,                               -- what that comes to
    tokens      text[] NOT NULL DEFAULT '{}',        -- whose prices it waits for
    ordered     text[] NOT NULL DEFAULT '{}',        -- tokens that it ever ordered
    fills       integer NOT NULL DEFAULT 0,          -- how many there are
    cursor      timestamptz,                         -- it has read what happened before; NULL: as far as its chain's clock
    has_read    boolean NOT NULL DEFAULT false,      -- it came as far as its chain's clock once
    reading_since timestamptz NOT NULL DEFAULT now(), -- when it began to read what is stored
    reading_seen text NOT NULL DEFAULT pg_current_snapshot()::text, -- and which transactions it saw then
    kept_fills  integer,                             -- it reads again: fills up to this one stay; NULL: it does not
    kept_until  timestamptz,                         -- and points before that
    stepped_at  timestamptz NOT NULL DEFAULT now(),  -- when it last read a part of that
    finished     boolean NOT NULL DEFAULT false,      -- nothing changes it any more
    ends_at     timestamptz,                         -- what happens from then on is not seen; NULL: no end
    checkpoint  jsonb,                               -- a state of a day ago or earlier, from which it is read again
    next_checkpoint    jsonb,                        -- waits until it is a day old
    next_checkpoint_at timestamptz,
    error       text,                                -- why it was broken off; NULL: it was not
    advanced_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    stopped_at  timestamptz
);
CREATE INDEX campaigns_by_wallet ON campaigns USING gin (wallets) WHERE NOT finished;
CREATE INDEX campaigns_by_token ON campaigns USING gin (tokens) WHERE NOT finished;
CREATE INDEX campaigns_by_chat ON campaigns (chat_id, campaign_id DESC);
CREATE INDEX campaigns_to_read ON campaigns (stepped_at) WHERE cursor IS NOT NULL AND NOT finished;

CREATE TABLE campaign_fills (
    campaign_id bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    number      integer NOT NULL,                    -- from 1, in the order in which they were filled
    fill        jsonb NOT NULL,
    filled_at   timestamptz NOT NULL,
    is_anew     boolean NOT NULL DEFAULT false,      -- of a campaign that reads again: nobody sees it yet
    PRIMARY KEY (campaign_id, number, is_anew)
);

-- The curve of a campaign: the last of each five minutes.
CREATE TABLE campaign_points (
    campaign_id bigint NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    at          timestamptz NOT NULL,
    own         numeric NOT NULL,                    -- lamports
    whale       numeric NOT NULL,
    is_anew     boolean NOT NULL DEFAULT false,      -- of a campaign that reads again: nobody sees it yet
    PRIMARY KEY (campaign_id, at, is_anew)
);

-- Up to when campaigns of a chain have seen what happened, by block time.
CREATE TABLE campaign_clocks (
    chain      text PRIMARY KEY,
    seen_until timestamptz NOT NULL                  -- what happened before it
);

-- When that was read: what was stored later came too late for it.
CREATE TABLE campaign_looks (
    chain     text NOT NULL,
    until     timestamptz NOT NULL,
    looked_at timestamptz NOT NULL,
    seen      text NOT NULL,                         -- the transactions that could be seen: pg_snapshot
    PRIMARY KEY (chain, until)
);

-- Pools in which a token was seen to be traded. Venue and vaults come from the pool's account, once it was read.
CREATE TABLE pools (
    chain           text NOT NULL,
    mint            text NOT NULL,
    pool            text NOT NULL,
    quote           text NOT NULL,                   -- what the token is traded for there
    quote_decimals  integer NOT NULL,
    venue           text,                            -- the program that owns it
    base_vault      text,                            -- token accounts; NULL: not read, or none that matters
    quote_vault     text,
    liquidity_quote numeric,                         -- of the quote when it was last seen, smallest unit
    slot            bigint NOT NULL,                 -- where it was last seen
    seen_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint, pool)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX pools_latest ON pools (chain, mint, seen_at DESC);

-- What a chat wants to hear of a token's price: domain/tokens/price_alerts.py.
CREATE TABLE price_alerts (
    price_alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id    bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id   bigint NOT NULL DEFAULT 0,
    chain      text NOT NULL,
    mint       text NOT NULL,
    condition  text NOT NULL,                        -- above, below, percent
    target     numeric NOT NULL,                     -- dollars; by percent: the change as a part of the anchor
    anchor     numeric NOT NULL,                     -- the price when it was set or fired last, dollars
    is_armed   boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    fired_at   timestamptz,                          -- last; NULL: never
    UNIQUE (chat_id, topic_id, chain, mint, condition, target)
);
CREATE INDEX price_alerts_by_mint ON price_alerts (chain, mint, price_alert_id);

-- Candles of a minute and of an hour, of tokens that followed wallets own or trade, or that somebody has an alert
-- on. What trades showed and what pools said, in dollars.
CREATE TABLE candles (
    chain   text NOT NULL,
    mint    text NOT NULL,
    seconds integer NOT NULL,                        -- 60 or 3600
    begins  timestamptz NOT NULL,
    open    numeric NOT NULL,
    high    numeric NOT NULL,
    low     numeric NOT NULL,
    close   numeric NOT NULL,
    open_at  timestamptz NOT NULL,                   -- when the first of its prices was seen
    close_at timestamptz NOT NULL,
    volume  numeric NOT NULL DEFAULT 0,              -- dollars that followed wallets traded
    prices  integer NOT NULL DEFAULT 1,              -- how many it is made of
    certain_close numeric,                           -- the latest that a pool of enough depth showed; NULL: none did
    certain_at    timestamptz,
    PRIMARY KEY (chain, mint, seconds, begins)
) PARTITION BY LIST (seconds);
CREATE TABLE minute_candles PARTITION OF candles FOR VALUES IN (60) PARTITION BY RANGE (begins);
CREATE TABLE minute_candles_default PARTITION OF minute_candles DEFAULT;
CREATE TABLE hour_candles PARTITION OF candles FOR VALUES IN (3600) PARTITION BY RANGE (begins);
CREATE TABLE hour_candles_default PARTITION OF hour_candles DEFAULT;

-- The latest trade of each token: what no pool and no venue shows waits here until another wallet confirms it.
CREATE TABLE price_claims (
    chain  text NOT NULL,
    mint   text NOT NULL,
    wallet text NOT NULL,
    usd    numeric NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (chain, mint)
) WITH (fillfactor = 50);

-- What SOL cost in past hours, as traders of one of its blocks showed; for what wallets did before they were followed.
CREATE TABLE past_coin_prices (
    chain text NOT NULL,
    hour  timestamptz NOT NULL,
    usd   numeric,                                   -- NULL: nobody traded it in the blocks that were read
    tries integer NOT NULL,                          -- blocks that were read
    PRIMARY KEY (chain, hour)
);

-- How much SOL one liquid-staking token stands for, as its pool said.
CREATE TABLE stake_rates (
    chain   text NOT NULL,
    mint    text NOT NULL,
    sol     numeric NOT NULL,
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint)
);

-- What followed wallets were seen to receive of a token, less what they were seen to pay.
CREATE TABLE holdings (
    chain      text NOT NULL,
    mint       text NOT NULL,
    wallet_id  bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    raw        numeric NOT NULL,                     -- smallest unit; not above 0: no holding is known
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint, wallet_id)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX holdings_latest ON holdings (chain, mint, updated_at DESC) WHERE raw > 0;

-- What followed wallets have of a token and made of it (domain/positions), booked from their alerts.
CREATE TABLE positions (
    chain              text NOT NULL,
    wallet_id          bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    mint               text NOT NULL,
    state              jsonb NOT NULL,               -- a Holding of domain/positions/holdings.py
    slot               bigint NOT NULL,              -- of the latest transaction in it
    alert_id           bigint NOT NULL,              -- the latest alert in it
    base               jsonb,                        -- an older state, from which it is booked again; NULL: nothing
    base_alert_id      bigint NOT NULL DEFAULT 0,
    is_cut             boolean NOT NULL DEFAULT false, -- whether alerts that are in `base` are deleted
    next_base          jsonb,                        -- takes the place of `base` once it is a day old
    next_base_alert_id bigint NOT NULL DEFAULT 0,
    next_base_at       timestamptz NOT NULL DEFAULT now(),
    stale_at           timestamptz,                  -- since when it is to be booked again; NULL: it is right
    updated_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, wallet_id, mint)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE TABLE history_reads (
    wallet_id    bigint PRIMARY KEY REFERENCES wallets ON DELETE CASCADE,
    transactions integer NOT NULL,                   -- read so far
    planned      integer NOT NULL,
    retry_at     timestamptz,                        -- if it has not ended by then, it begins again
    rereads      integer NOT NULL DEFAULT 0,         -- how often it was read, and dollars of an hour could not be
    ended_at     timestamptz                         -- NULL: what it did before it was followed is not read
);

-- What is read already of a history that is not all read.
CREATE TABLE history_transactions (
    wallet_id  bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    signature  text NOT NULL,
    activities jsonb NOT NULL,                       -- what it did, as the decoder says it; empty: nothing
    PRIMARY KEY (wallet_id, signature)
);

-- What sales of a history gained; of later ones their alerts say it.
CREATE TABLE history_sales (
    wallet_id bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    number    integer NOT NULL,                      -- in the order of the history
    sold_at   timestamptz NOT NULL,
    outcome   jsonb NOT NULL,                        -- as alerts have it in `market`
    PRIMARY KEY (wallet_id, number)
);
CREATE INDEX positions_stale ON positions (stale_at) WHERE stale_at IS NOT NULL;
CREATE INDEX positions_by_mint ON positions (chain, mint);

-- ---------------------------------------------------------------------------------------------------------------
-- The web: who has signed in, and which programs may ask
-- ---------------------------------------------------------------------------------------------------------------

-- What opens the web once: a link out of the private chat, or what a Mini App was started with. Only hashes are kept.
CREATE TABLE sign_in_tokens (
    token_hash bytea PRIMARY KEY,                    -- SHA-256
    user_id    bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz                           -- NULL: it may still be used, once
);
CREATE INDEX sign_in_tokens_expiring ON sign_in_tokens (expires_at);

CREATE TABLE web_sessions (
    session_hash bytea PRIMARY KEY,                  -- SHA-256 of the cookie
    user_id      bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX web_sessions_by_user ON web_sessions (user_id);
CREATE INDEX web_sessions_expiring ON web_sessions (expires_at);

-- Keys of the API. Each speaks for one chat, with what its owner may do there at the moment of each request.
CREATE TABLE api_keys (
    key_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash     bytea NOT NULL UNIQUE,              -- SHA-256
    prefix       text NOT NULL,                      -- how it begins, by which people know it again
    name         text NOT NULL,
    owner_id     bigint NOT NULL,
    chat_id      bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id     bigint NOT NULL DEFAULT 0,
    scopes       text[] NOT NULL,                    -- domain/access.py: Scope
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,                        -- NULL: never
    last_used_at timestamptz
);
CREATE INDEX api_keys_by_owner ON api_keys (owner_id);
-- Where alerts of a chat are pushed to. Address and secrets are sealed: storage/sealing.py.
CREATE TABLE webhooks (
    webhook_id       bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    chat_id          bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    owner_id         bigint NOT NULL,                -- who made it, or switched it on again
    owner_checked_at timestamptz NOT NULL DEFAULT now(), -- when it was last seen that they are an admin
    form             text NOT NULL,                  -- domain/webhooks.py: WebhookForm
    host             text NOT NULL,                  -- of its address, by which people know it again
    url              bytea NOT NULL,                 -- sealed
    secret           bytea NOT NULL,                 -- sealed
    old_secret       bytea,                          -- sealed; it signs as well after a rotation
    old_secret_until timestamptz,
    off_at           timestamptz,                    -- nothing is pushed any more; NULL: it is on
    off_reason       text,
    is_slow          boolean NOT NULL DEFAULT false, -- its last answer took long: domain/webhooks.py
    failing_since    timestamptz,                    -- the first failure since the last success; NULL: none
    failures         integer NOT NULL DEFAULT 0,     -- since then
    rests_until      timestamptz,                    -- nothing is pushed before
    last_success_at  timestamptz,
    last_error       text,                           -- since then, of tests as well
    created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_by_chat ON webhooks (chat_id);
CREATE INDEX webhooks_by_owner ON webhooks (owner_id);
CREATE INDEX webhooks_failing ON webhooks (failing_since) WHERE failing_since IS NOT NULL AND off_at IS NULL;

-- The fan-out asks for webhooks of no chat that has none.
CREATE FUNCTION note_webhooks() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE chats SET has_webhooks = known.has FROM (
        SELECT chat.id, EXISTS (SELECT FROM webhooks WHERE webhooks.chat_id = chat.id AND off_at IS NULL) AS has
        FROM (VALUES (CASE WHEN TG_OP <> 'INSERT' THEN OLD.chat_id END),
                     (CASE WHEN TG_OP <> 'DELETE' THEN NEW.chat_id END)) AS chat (id)) AS known
    WHERE chats.chat_id = known.id AND chats.has_webhooks <> known.has;
    RETURN NULL;
END $body$;
CREATE TRIGGER webhooks_are_noted AFTER INSERT OR DELETE OR UPDATE OF chat_id, off_at ON webhooks
    FOR EACH ROW EXECUTE FUNCTION note_webhooks();

-- Answers to changes that a program may ask for twice without knowing (Idempotency-Key).
CREATE TABLE idempotent_requests (
    caller       text NOT NULL,                      -- a key, or a person on the page
    name         text NOT NULL,                      -- what the program calls its request
    request_hash bytea NOT NULL,                     -- of method, path and body: another request is refused
    status       smallint,                           -- NULL: it is in work
    answer       bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, name)
);
CREATE INDEX idempotent_requests_by_time ON idempotent_requests (created_at);

-- ---------------------------------------------------------------------------------------------------------------
-- Patterns: domain/patterns
-- ---------------------------------------------------------------------------------------------------------------

-- What patterns are found in: trades and transfers of followed wallets, of some days.
CREATE TABLE pattern_sightings (
    alert_id  bigint NOT NULL,                       -- that reports it
    wallet_id bigint NOT NULL,
    chain     text NOT NULL,
    action    text NOT NULL,                         -- domain/patterns/sightings.py: Action
    mint      text NOT NULL,                         -- the token that was traded or sent; empty: none
    at        double precision NOT NULL,             -- block time, Unix seconds
    usd       double precision,                      -- for thresholds; NULL: not known
    before    numeric,                               -- what the wallet had of the token, raw; NULL: not known
    after     numeric,
    party     text NOT NULL,                         -- the other side of a transfer; empty: none
    lamports  bigint NOT NULL,
    is_small  boolean NOT NULL,                      -- a token that no exchange takes
    by_itself boolean NOT NULL,                      -- the wallet signed, or nobody knows
    is_new    boolean NOT NULL DEFAULT true,         -- no detector has seen it yet
    PRIMARY KEY (alert_id, mint, action)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX pattern_sightings_new ON pattern_sightings (alert_id) WHERE is_new;
CREATE INDEX pattern_sightings_by_token ON pattern_sightings (chain, mint, action, at DESC)
    WHERE action IN ('buy', 'sell');
CREATE INDEX pattern_sightings_by_wallet ON pattern_sightings (wallet_id, mint, at DESC)
    WHERE action IN ('buy', 'sell');
CREATE INDEX pattern_sightings_sent ON pattern_sightings (wallet_id, at DESC) WHERE action = 'sent';
CREATE INDEX pattern_sightings_got ON pattern_sightings (wallet_id, at DESC) WHERE action = 'got';
CREATE INDEX pattern_sightings_sold ON pattern_sightings (wallet_id, at DESC) WHERE action = 'sell';

-- Sightings that a detector had taken before their block died: what was announced of them is corrected.
CREATE TABLE reverted_sightings (
    alert_id    bigint NOT NULL,
    wallet_id   bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    chain       text NOT NULL,
    action      text NOT NULL,
    mint        text NOT NULL,
    at          double precision NOT NULL,
    party       text NOT NULL,
    reverted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert_id, mint, action)
);

-- When a wallet did something itself last, as far as it was seen, or its history was read.
CREATE TABLE wallet_acts (
    wallet_id bigint PRIMARY KEY REFERENCES wallets ON DELETE CASCADE,
    acted_at  double precision NOT NULL,             -- block time, Unix seconds
    is_bound  boolean NOT NULL DEFAULT false         -- it was then or earlier: nothing before is known
) WITH (fillfactor = 50);

-- Who paid whom enough to be taken for one owner: domain/patterns/owners.py.
CREATE TABLE payments (
    chain    text NOT NULL,
    payer    text NOT NULL,
    payee    text NOT NULL,
    first_at double precision NOT NULL,              -- block time, Unix seconds
    paid_at  double precision NOT NULL,              -- the latest
    PRIMARY KEY (chain, payee, payer)
);
CREATE INDEX payments_by_payer ON payments (chain, payer, paid_at DESC);

-- What was announced to a chat of a pattern of several wallets, so that it is woken for each new owner once.
CREATE TABLE pattern_episodes (
    chat_id  bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id bigint NOT NULL,
    chain    text NOT NULL,
    pattern  text NOT NULL,
    mint     text NOT NULL,
    wallets  text[] NOT NULL,                        -- that took part so far
    at       double precision NOT NULL,              -- the latest of it, Unix seconds
    alert_id bigint NOT NULL,                        -- the latest
    PRIMARY KEY (chat_id, topic_id, chain, pattern, mint)
);
CREATE INDEX pattern_episodes_by_mint ON pattern_episodes (chain, mint, pattern);

-- Patterns of one wallet that were announced, so that each is announced once a day at most.
CREATE TABLE wallet_patterns (
    wallet_id bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    pattern   text NOT NULL,
    about     text NOT NULL,                         -- the token, or the address
    at        double precision NOT NULL,             -- Unix seconds
    PRIMARY KEY (wallet_id, pattern, about)
);

-- What the people of a chat hold themselves, read-only: storage/chats/own_wallets.py.
CREATE TABLE own_wallets (
    chat_id    bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id   bigint NOT NULL DEFAULT 0,
    chain      text NOT NULL,
    address    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at    timestamptz,                          -- when its tokens were read last; NULL: not yet
    failures   integer NOT NULL DEFAULT 0,           -- looks since then at which they could not be read
    retry_at   timestamptz,                          -- it is not read before; NULL: the last reading succeeded
    PRIMARY KEY (chat_id, topic_id, chain, address)
);
CREATE INDEX own_wallets_by_address ON own_wallets (chain, address);
CREATE TABLE own_tokens (
    chain   text NOT NULL,
    mint    text NOT NULL,
    address text NOT NULL,
    PRIMARY KEY (chain, mint, address)
);
CREATE INDEX own_tokens_by_address ON own_tokens (chain, address);

-- Tokens of which chats follow all trades, whoever trades, and the trades that were announced.
CREATE TABLE followed_tokens (
    chat_id  bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id bigint NOT NULL DEFAULT 0,
    chain    text NOT NULL,
    mint     text NOT NULL,
    min_usd  numeric NOT NULL,                       -- smaller trades are not announced
    PRIMARY KEY (chat_id, topic_id, chain, mint)
);
CREATE INDEX followed_tokens_by_mint ON followed_tokens (chain, mint, min_usd);
CREATE TABLE token_trades (
    chain     text NOT NULL,
    mint      text NOT NULL,
    signature text NOT NULL,
    wallet    text NOT NULL,
    noted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint, signature, wallet)
);

-- Wallets that sent a large part of what they have to one address, until it is known what that address is.
CREATE TABLE wallet_moves (
    wallet_id  bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    address    text NOT NULL,
    chain      text NOT NULL,
    alert_id   bigint NOT NULL,                      -- of the latest transfer
    moved_at   double precision NOT NULL,            -- of the latest transfer, Unix seconds
    remaining  double precision,                     -- dollars that the wallet had left; NULL: not read yet
    unpriced   integer NOT NULL DEFAULT 0,           -- tokens that it had left and that are traded nowhere
    checks     integer NOT NULL DEFAULT 0,           -- how often the address was checked
    due_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wallet_id, address)
);
CREATE INDEX wallet_moves_due ON wallet_moves (chain, due_at);

-- ---------------------------------------------------------------------------------------------------------------
-- What processes share
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE leases (
    name       text PRIMARY KEY,
    owner      text NOT NULL,
    epoch      bigint NOT NULL DEFAULT 1,            -- rises at each new owner
    expires_at timestamptz NOT NULL
);

-- Instances that share the wallets of a chain now, by role (scanner, processor); one that is silent for some
-- seconds has no share.
CREATE TABLE members (
    chain       text NOT NULL,
    role        text NOT NULL,
    instance_id text NOT NULL,
    joined_at   timestamptz NOT NULL DEFAULT now(),
    beat_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, role, instance_id)
) WITH (fillfactor = 50);

CREATE TABLE instances (
    instance_id  text PRIMARY KEY,
    program      text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now(),
    detail       jsonb NOT NULL DEFAULT '{}'
);

-- Periodic work that was done, once for each tick. The right to do it is a lease.
CREATE TABLE ticks (
    name    text NOT NULL,
    tick    timestamptz NOT NULL,
    owner   text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    report  jsonb NOT NULL,
    PRIMARY KEY (name, tick)
);

-- ---------------------------------------------------------------------------------------------------------------
-- For operators
-- ---------------------------------------------------------------------------------------------------------------

-- What came of alerts in each minute, rolled up again and again, so that figures of a day cost no count of a day.
CREATE TABLE minute_counts (
    minute    timestamptz PRIMARY KEY,
    alerts    bigint NOT NULL,                       -- made in it
    sent      bigint NOT NULL,                       -- deliveries that ended in it, by how
    dead      bigint NOT NULL,
    ambiguous bigint NOT NULL,
    latencies bigint[] NOT NULL                      -- of those sent, from block to chat: buckets of domain/latency.py
);

-- How everything stood when a dispatcher last looked: Statistics in domain/snapshot.py.
CREATE TABLE statistics (
    chain        text PRIMARY KEY,
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    figures      jsonb NOT NULL
);

CREATE TABLE audit_log (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id bigint NOT NULL,
    chat_id  bigint NOT NULL,
    act      text NOT NULL,
    outcome  text NOT NULL,                          -- done, refused
    detail   jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL DEFAULT now(),
    update_id bigint UNIQUE                          -- one update of Telegram is one act
);

-- Commands that operators have switched off, each until a time: it comes back by itself.
CREATE TABLE command_switches (
    command   text PRIMARY KEY,                      -- without slash
    off_until timestamptz NOT NULL,
    set_by    bigint NOT NULL,
    set_at    timestamptz NOT NULL DEFAULT now()
);

-- What operators are notified of: domain/operator_alerts.py. At most one of a name is open.
CREATE TABLE operator_alerts (
    alert_number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL,                   -- of the part, as /health has it
    level           smallint NOT NULL,               -- 1 info, 2 warning, 3 error, 4 critical
    sentence        text NOT NULL,
    since           timestamptz NOT NULL,
    announced_at    timestamptz,                     -- when operators were last notified; buttons name what they are about by it
    acknowledged_by bigint,                          -- who takes care of it
    silenced_until  timestamptz,
    ended_at        timestamptz                      -- NULL: it lasts
);
CREATE UNIQUE INDEX operator_alerts_open ON operator_alerts (name) WHERE ended_at IS NULL;

-- What is worth knowing although nothing is broken, as a transaction version that appeared; a row for each thing.
CREATE TABLE discoveries (
    chain    text NOT NULL,
    about    text NOT NULL,
    sentence text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    seen_at  timestamptz NOT NULL DEFAULT now(),
    times    bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (chain, about)
);

CREATE VIEW instance_health AS
SELECT instance_id, program, started_at, heartbeat_at,
       extract(epoch FROM now() - heartbeat_at)::float8 AS silent_seconds,
       CASE WHEN heartbeat_at > now() - interval '1 minute' THEN 'healthy'
            WHEN heartbeat_at > now() - interval '5 minutes' THEN 'degraded'
            ELSE 'unhealthy' END AS health,
       CASE WHEN jsonb_typeof(detail -> 'wallets') = 'number' THEN (detail ->> 'wallets')::bigint END AS wallets,
       coalesce(detail -> 'streams', '{}') AS sockets,
       detail
FROM instances;

-- Followed wallets of which nothing was stored for so many whole minutes. A wallet of which nothing was ever
-- stored counts from its first watch.
CREATE FUNCTION trade_gaps(at_least integer)
RETURNS TABLE (chain text, address text, last_activity_at timestamptz, minutes bigint)
LANGUAGE sql STABLE AS $body$
    SELECT gaps.chain, gaps.address, gaps.last_at,
           floor(extract(epoch FROM now() - coalesce(gaps.last_at, gaps.since)) / 60)::bigint
    FROM (
        SELECT wallets.chain, wallets.address, followed.since,
               (SELECT max(activities.block_time) FROM activities
                WHERE activities.wallet = wallets.address AND activities.chain = wallets.chain) AS last_at
        FROM wallets
        JOIN (SELECT wallet_id, min(created_at) AS since FROM watches GROUP BY wallet_id) AS followed
          USING (wallet_id)
    ) AS gaps
    WHERE coalesce(gaps.last_at, gaps.since) <= now() - make_interval(mins => at_least)
    ORDER BY coalesce(gaps.last_at, gaps.since)
$body$;
