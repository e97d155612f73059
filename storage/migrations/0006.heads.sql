-- How far each chain is, from which slot on a watch is told, and what operators ought to know.
-- depends: 0005.lanes

-- The newest slot that a scanner knows, as firm as alerts are to be; written about once a second.
CREATE TABLE heads (
    chain    text PRIMARY KEY,
    slot     bigint NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

ALTER TABLE watches ADD COLUMN since_slot bigint;         -- nothing up to it is told; NULL: not known

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
