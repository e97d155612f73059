-- What chats hold, the tier of a chat, and what is known of tokens' age and supply; only additions.
-- depends: 0005.lanes

-- What followed wallets were seen to get of a token, less what they were seen to give.
CREATE TABLE holdings (
    chain      text NOT NULL,
    mint       text NOT NULL,
    wallet_id  bigint NOT NULL REFERENCES wallets ON DELETE CASCADE,
    raw        numeric NOT NULL,                     -- smallest unit; not above 0: nothing that is known of
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, mint, wallet_id)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX holdings_latest ON holdings (chain, mint, updated_at DESC) WHERE raw > 0;

ALTER TABLE chats ADD COLUMN tier text NOT NULL DEFAULT 'free';      -- domain/rules/tiers.py

ALTER TABLE tokens
    ADD COLUMN supply        numeric,                                -- smallest unit, when the mint was last read
    ADD COLUMN born_at       timestamptz,                            -- NULL: its making was not seen
    ADD COLUMN first_seen_at timestamptz NOT NULL DEFAULT now();     -- it is at least so old
