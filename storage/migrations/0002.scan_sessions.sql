-- Scan sessions: background scanning that finds whales, and the addresses it found.
-- depends: 0001.initial

CREATE TABLE scan_sessions (
    session_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain           text NOT NULL,
    update_id       bigint NOT NULL UNIQUE,          -- the request that started it: repeated, it starts nothing more
    started_by      bigint NOT NULL,
    chat_id         bigint NOT NULL,                 -- where its end is told
    status          text NOT NULL DEFAULT 'running', -- running, stopped, expired, failed
    min_lamports    bigint NOT NULL,                 -- what moves less is not counted
    slots_per_step  integer NOT NULL,
    turn            bigint NOT NULL DEFAULT 0,       -- rises with each write of a step: a job with an older one is fenced
    first_slot      bigint,                          -- NULL: not begun
    last_slot       bigint,                          -- every slot after first_slot, up to and with this one, is counted
    slots_scanned   bigint NOT NULL DEFAULT 0,
    swaps           bigint NOT NULL DEFAULT 0,
    transfers       bigint NOT NULL DEFAULT 0,
    volume          numeric(30, 0) NOT NULL DEFAULT 0, -- lamports
    addresses_found bigint NOT NULL DEFAULT 0,       -- not known before
    undecodable     bigint NOT NULL DEFAULT 0,       -- transactions
    requests        bigint NOT NULL DEFAULT 0,
    errors          bigint NOT NULL DEFAULT 0,
    errors_in_row   integer NOT NULL DEFAULT 0,
    last_error      text,
    started_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    heartbeat_at    timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz,
    told_at         timestamptz                      -- when operators heard of its end
);
CREATE UNIQUE INDEX scan_sessions_running ON scan_sessions (chain) WHERE status = 'running';
CREATE INDEX scan_sessions_open ON scan_sessions (heartbeat_at) WHERE told_at IS NULL;

CREATE TABLE whale_addresses (
    chain         text NOT NULL,
    address       text NOT NULL,
    times_seen    bigint NOT NULL,
    volume        numeric(30, 0) NOT NULL,           -- lamports
    largest       numeric(30, 0) NOT NULL,           -- the most lamports in one activity
    kinds         text[] NOT NULL,
    venues        text[] NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,              -- block time; the clock of the database where the chain gave none
    last_slot     bigint NOT NULL,
    PRIMARY KEY (chain, address)
);
CREATE INDEX whale_addresses_by_volume ON whale_addresses (chain, volume DESC, address);
