-- Blind spells of the feed, alerts that died with their fork, and what chats are told of both afterwards.
-- depends: 0005.lanes

ALTER TABLE shard_cursors ADD COLUMN moved_at timestamptz;       -- when it last moved; NULL: not known

-- A time in which the feed was not read. At most one of a chain is not being told yet: what touches it joins it.
CREATE TABLE outages (
    outage_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain          text NOT NULL,
    buckets        integer[],                        -- of wallets that were not seen; NULL: of all
    began_at       timestamptz NOT NULL,             -- when the cursor had moved last
    ended_at       timestamptz,                      -- when it had caught up; NULL: it has not yet
    spells         integer NOT NULL DEFAULT 1,       -- blind spells, with pauses too short to be told apart
    slots          int8multirange NOT NULL,          -- what was produced while nothing was read
    blocks         bigint NOT NULL DEFAULT 0,        -- read afterwards
    unread         bigint NOT NULL DEFAULT 0,        -- slots of it whose blocks nobody gave, when it is told
    counted_to     bigint NOT NULL,                  -- blocks up to this slot are counted
    after_alert_id bigint NOT NULL,                  -- the last one stored before it began
    upto_alert_id  bigint,
    telling_at     timestamptz,                      -- when the first chats were addressed
    last_chat_id   bigint,                           -- how far the addressing has come
    told_at        timestamptz                       -- when every chat was addressed
);
CREATE UNIQUE INDEX outages_of_now ON outages (chain) WHERE telling_at IS NULL;
CREATE INDEX outages_to_tell ON outages (outage_id) WHERE told_at IS NULL;

-- Transactions told before they were confirmed, until they are, or are known to have died.
CREATE TABLE provisional (
    chain     text NOT NULL,
    signature text NOT NULL,
    slot      bigint NOT NULL,                       -- where it was seen
    noted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, signature)
);
CREATE INDEX provisional_by_time ON provisional (chain, noted_at);

ALTER TABLE alerts
    ADD COLUMN reverted_at  timestamptz,             -- when its block was known to have died; NULL: it stands
    ADD COLUMN corrected_at timestamptz;             -- when whoever was told of it had a notice of that
CREATE INDEX alerts_to_correct ON alerts (alert_id) WHERE reverted_at IS NOT NULL AND corrected_at IS NULL;

-- What a chat is told besides alerts. States as of deliveries: pending, sending, sent, dead, unknown.
CREATE TABLE notices (
    notice_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,                       -- outage; edit: of a message; reply: to it, or a line alone
    chat_id     bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id    bigint NOT NULL DEFAULT 0,
    outage_id   bigint REFERENCES outages ON DELETE CASCADE,
    delivery_id bigint REFERENCES deliveries ON DELETE CASCADE,  -- that told what was reverted
    message_id  bigint,                              -- in which it was told; NULL: that is not known
    events      bigint NOT NULL DEFAULT 0,           -- of an outage: alerts of this chat that fell into it
    lane        smallint NOT NULL,
    state       text NOT NULL DEFAULT 'pending',
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_owner text,
    lease_until timestamptz,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    UNIQUE (outage_id, chat_id),
    UNIQUE (delivery_id)
);
CREATE INDEX notices_due ON notices (lane, due_at, notice_id) WHERE state = 'pending';
CREATE INDEX notices_leased ON notices (lease_until) WHERE state = 'sending';
CREATE INDEX notices_by_message ON notices (chat_id, message_id);
