-- Processors, who store what collectors read; who is silent for some seconds is out.
-- depends: 0005.lanes

CREATE TABLE strand_members (
    chain       text NOT NULL,
    instance_id text NOT NULL,
    joined_at   timestamptz NOT NULL DEFAULT now(),
    beat_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, instance_id)
) WITH (fillfactor = 50);
