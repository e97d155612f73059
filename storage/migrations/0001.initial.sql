-- The tables of the two flows. Times come from the database; amounts are exact integers inside payloads.
-- depends:

CREATE TABLE chats (
    chat_id       bigint PRIMARY KEY,
    kind          text NOT NULL DEFAULT 'private',   -- private, group, supergroup, channel
    title         text NOT NULL DEFAULT '',
    closed_reason text,                              -- why nothing is sent there; NULL: open
    closed_at     timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE wallets (
    wallet_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain      text NOT NULL,
    address    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (chain, address)
);

CREATE TABLE watches (
    watch_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,           -- 0: no topic
    wallet_id   bigint NOT NULL REFERENCES wallets,
    label       text NOT NULL DEFAULT '',
    muted_until timestamptz,
    created_by  bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (chat_id, topic_id, wallet_id)
);
CREATE INDEX watches_by_wallet ON watches (wallet_id, watch_id);

-- What makes an activity once, whoever sees it and in whichever partition it lies.
CREATE TABLE activity_keys (
    chain          text NOT NULL,
    signature      text NOT NULL,
    wallet         text NOT NULL,
    activity_index integer NOT NULL,
    block_time     timestamptz NOT NULL,
    PRIMARY KEY (chain, signature, wallet, activity_index)
);

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

CREATE TABLE alerts (
    alert_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain          text NOT NULL,
    wallet_id      bigint NOT NULL REFERENCES wallets,
    payload        jsonb NOT NULL,                   -- the activity
    block_time     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_watch_id  bigint NOT NULL DEFAULT 0,        -- how far the fan-out has come
    fanned_out_at  timestamptz                       -- NULL: not all watches are decided yet
);
CREATE INDEX alerts_to_fan_out ON alerts (alert_id) WHERE fanned_out_at IS NULL;

CREATE TABLE deliveries (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id    bigint NOT NULL REFERENCES alerts,
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,
    watch_id    bigint,                              -- the watch that asked; it may be gone by now
    state       text NOT NULL,                       -- pending, sending, sent, retry, suppressed, dead, unknown
    gate        text NOT NULL,                       -- what decided: 'wanted', or the gate that said no
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_owner text,
    lease_until timestamptz,
    message_id  bigint,
    repeats     integer NOT NULL DEFAULT 0,          -- sends whose answer was lost before this one
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    UNIQUE (alert_id, chat_id, topic_id)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX deliveries_due ON deliveries (due_at, delivery_id) WHERE state IN ('pending', 'retry');
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_open_by_chat ON deliveries (chat_id, delivery_id)
    WHERE state IN ('pending', 'retry', 'sending');
CREATE INDEX deliveries_by_chat ON deliveries (chat_id, delivery_id DESC);

CREATE TABLE chains (
    chain    text PRIMARY KEY,
    genesis  text NOT NULL,                          -- hash of the chain that all rows under this name speak of
    noted_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cursors (
    chain      text NOT NULL,
    feed       text NOT NULL,                        -- 'blocks'
    slot       bigint NOT NULL,                      -- everything up to and with this slot is stored or quarantined
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, feed)
);

CREATE TABLE quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain         text NOT NULL,
    slot          bigint NOT NULL,
    position      integer NOT NULL,                  -- place in the block; -1: not told
    signature     text,
    last_slot     bigint,                            -- of a range of slots; NULL: this slot alone
    block_time    bigint,                            -- unix seconds, where the block told
    reason        text NOT NULL,
    raw           bytea NOT NULL,                    -- empty: nobody gave the block
    created_at    timestamptz NOT NULL DEFAULT now(),
    tried_at      timestamptz,                       -- when it was last tried again
    settled_at    timestamptz,                       -- when it was decoded after all
    UNIQUE NULLS NOT DISTINCT (chain, slot, position, signature)
);

CREATE TABLE leases (
    name       text PRIMARY KEY,
    owner      text NOT NULL,
    epoch      bigint NOT NULL DEFAULT 1,
    expires_at timestamptz NOT NULL
);

CREATE TABLE instances (
    instance_id  text PRIMARY KEY,
    program      text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now(),
    detail       jsonb NOT NULL DEFAULT '{}'
);

-- The inbox: what Telegram sent, stored before Telegram is told that it arrived.
CREATE TABLE updates (
    update_id   bigint PRIMARY KEY,
    chat_id     bigint NOT NULL,                     -- 0: the update names no chat
    payload     jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'new',         -- new, working, done, failed
    attempts    integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    error       text,
    received_at timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz
);
CREATE INDEX updates_open ON updates (chat_id, update_id) WHERE state IN ('new', 'working');

-- Slow questions of people; the job's letter only names the row, so that a lost job is asked again.
CREATE TABLE questions (
    question_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    update_id   bigint NOT NULL,
    queue       text NOT NULL,                       -- security-scan, balance-check
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,
    message_id  bigint NOT NULL,                     -- the message that says "scanning…"; the answer takes its place
    subject     text NOT NULL,                       -- the address or mint asked about
    state       text NOT NULL DEFAULT 'open',        -- open, answered, failed
    attempts    integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    error       text,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    UNIQUE (update_id, queue)
);
CREATE INDEX questions_open ON questions (queue, question_id) WHERE state = 'open';

CREATE TABLE tokens (
    chain      text NOT NULL,
    mint       text NOT NULL,
    symbol     text,                                 -- as the chain says: hostile until escaped; NULL: unknown
    name       text,
    decimals   integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint)
);

CREATE TABLE security_scans (
    chain      text NOT NULL,
    subject    text NOT NULL,
    result     jsonb NOT NULL,
    scanned_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (chain, subject)
);

CREATE TABLE balances (
    chain   text NOT NULL,
    address text NOT NULL,
    result  jsonb NOT NULL,
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, address)
);

CREATE TABLE audit_log (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id bigint NOT NULL,
    chat_id  bigint NOT NULL,
    act      text NOT NULL,
    outcome  text NOT NULL,                          -- done, refused
    detail   jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL DEFAULT now()
);
