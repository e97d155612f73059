-- Rules of watches and chats, held deliveries and digests, bans, periodic work, broadcasts.
-- depends: 0002.scan_sessions

ALTER TABLE chats ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';   -- domain/rules.ChatSettings
ALTER TABLE watches ADD COLUMN rules jsonb NOT NULL DEFAULT '{}';    -- domain/rules.Rules

-- Two more states: held (told later), folded (stands in the digest of another delivery).
ALTER TABLE deliveries
    ADD COLUMN reasons   jsonb,          -- rules and facts by which it was decided; NULL: the chat had set nothing
    ADD COLUMN digest_id bigint;         -- the delivery in whose digest this one is told; its own id: the digest
CREATE INDEX deliveries_held ON deliveries (due_at) WHERE state = 'held';
CREATE INDEX deliveries_in_digest ON deliveries (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_by_message ON deliveries (chat_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (settled_at) WHERE state = 'dead';
CREATE INDEX deliveries_of_hour ON deliveries (chat_id, created_at) WHERE gate = 'wanted';

-- What trades between the chain's coin and a dollar token showed.
CREATE TABLE dollar_prices (
    chain     text NOT NULL,
    mint      text NOT NULL,
    signature text NOT NULL,
    usd       numeric NOT NULL,
    seen_at   timestamptz NOT NULL,      -- block time
    PRIMARY KEY (chain, mint, signature)
);
CREATE INDEX dollar_prices_by_time ON dollar_prices (chain, mint, seen_at DESC);

CREATE TABLE bans (
    user_id   bigint PRIMARY KEY,
    reason    text NOT NULL,
    banned_by bigint NOT NULL,
    banned_at timestamptz NOT NULL DEFAULT now()
);

-- Periodic work: whoever inserts the row of a tick does its work; nobody else does.
CREATE TABLE ticks (
    name        text NOT NULL,
    tick        timestamptz NOT NULL,
    owner       text NOT NULL,
    lease_until timestamptz NOT NULL,
    done_at     timestamptz,             -- NULL: in work, or its worker died and the lease ends
    report      jsonb,
    PRIMARY KEY (name, tick)
);

CREATE TABLE broadcasts (
    broadcast_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text         text NOT NULL,          -- Telegram HTML, made of escaped words
    state        text NOT NULL DEFAULT 'draft',      -- draft, running, stopped, done
    created_by   bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz
);

CREATE TABLE broadcast_messages (
    broadcast_id bigint NOT NULL REFERENCES broadcasts ON DELETE CASCADE,
    chat_id      bigint NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    state        text NOT NULL DEFAULT 'pending',    -- pending, sending, sent, dead, unknown
    lease_owner  text,
    lease_until  timestamptz,
    due_at       timestamptz NOT NULL DEFAULT now(),
    attempts     integer NOT NULL DEFAULT 0,
    error        text,
    settled_at   timestamptz,
    PRIMARY KEY (broadcast_id, chat_id)
);
CREATE INDEX broadcast_messages_open ON broadcast_messages (broadcast_id, due_at)
    WHERE state IN ('pending', 'sending');

-- Why was I told, or not: the way from a transaction or a wallet to its alerts.
CREATE INDEX alerts_by_signature ON alerts ((payload->>'signature'));
CREATE INDEX IF NOT EXISTS alerts_by_wallet ON alerts (wallet_id, alert_id DESC);

-- The cleanup looks for old keys; without this it would read all of them.
CREATE INDEX activity_keys_by_time ON activity_keys USING brin (block_time);
