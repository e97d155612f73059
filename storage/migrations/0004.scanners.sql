-- Scanners that share the wallets, and what operators see of instances and of gaps.
-- depends: 0003.rules

-- Which scanners share the wallets of a chain now; who is silent for some seconds is out.
CREATE TABLE scanner_members (
    chain       text NOT NULL,
    instance_id text NOT NULL,
    joined_at   timestamptz NOT NULL DEFAULT now(),
    beat_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, instance_id)
) WITH (fillfactor = 50);

-- How far each bucket of wallets is complete; the cursor 'blocks' stands at the lowest of them or above.
CREATE TABLE shard_cursors (
    chain      text NOT NULL,
    bucket     integer NOT NULL,
    slot       bigint NOT NULL,                      -- every wallet of the bucket is stored up to and with it
    PRIMARY KEY (chain, bucket)
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02);

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

-- Wallets that somebody follows and of which nothing was stored for so many whole minutes. A wallet of which
-- nothing was ever stored counts from when it was first followed.
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
