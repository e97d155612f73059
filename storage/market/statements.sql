-- The long statements of storage/market, by module; storage/sql_files.py reads them.

-- name: alert_outcomes.STORED
-- The price of each token at the moment that is asked for, from candles. The nearest of both sizes by the
-- primary key; a price that a deep pool showed goes first.
SELECT asked.number, nearest.usd FROM unnest($2::text[], $3::timestamptz[]) WITH ORDINALITY
    AS asked (mint, at, number)
CROSS JOIN LATERAL (
    SELECT coalesce(certain_close, close) AS usd FROM candles
    WHERE chain = $1 AND candles.mint = asked.mint AND seconds IN (60, 3600)
      AND begins BETWEEN asked.at - interval '75 minutes' AND asked.at + $4::interval
      AND close_at BETWEEN asked.at - $4::interval AND asked.at + $4::interval
    ORDER BY abs(extract(epoch FROM close_at - asked.at)) LIMIT 1) AS nearest;

-- name: alert_outcomes.OF_CHAT
-- The latest alerts that a chat was sent of some watches, or of all, with what became of them.
SELECT deliveries.watch_id, alerts.alert_id, alerts.payload, alerts.market, alerts.block_time AS happened_at,
       hours, source, gain
FROM deliveries JOIN alerts USING (alert_id) JOIN alert_outcomes USING (alert_id)
WHERE deliveries.chat_id = $1 AND deliveries.topic_id = $2 AND alerts.chain = $6
  AND ($3::bigint[] IS NULL OR deliveries.watch_id = ANY($3::bigint[]))
  AND deliveries.state IN ('sent', 'digested') AND deliveries.created_at > now() - make_interval(days => $4)
  AND reverted_at IS NULL AND deliveries.channel = 'telegram'
ORDER BY alerts.alert_id DESC LIMIT $5;

-- name: books.BOOKS
-- What wallets are worth in dollars: their SOL, the mints that are dollars, and their other tokens. LATERAL:
-- the latest candle of each token is found by the key of candles.
SELECT address, coalesce(sum(usd), 0) AS usd FROM (
    SELECT address, lamports * $3::numeric / 1e9 AS usd
    FROM wallets JOIN sol_readings USING (wallet_id)
    WHERE chain = $1 AND address = ANY($2::text[])
    UNION ALL
    SELECT address, raw / 10::numeric ^ $5 AS usd FROM wallets JOIN holdings USING (chain, wallet_id)
    WHERE chain = $1 AND address = ANY($2::text[]) AND mint = ANY($4::text[]) AND raw > 0
    UNION ALL
    SELECT address, latest.usd * (coalesce((state->>'known')::numeric, 0)
                                  + coalesce((state->>'unknown')::numeric, 0)) / 10::numeric ^ decimals
    FROM wallets JOIN positions USING (chain, wallet_id) JOIN tokens USING (chain, mint)
    CROSS JOIN LATERAL (
        SELECT coalesce(certain_close, close) AS usd FROM candles
        WHERE candles.chain = positions.chain AND candles.mint = positions.mint AND seconds = 3600
          AND begins > now() - $6::interval
        ORDER BY begins DESC LIMIT 1) AS latest
    WHERE chain = $1 AND address = ANY($2::text[]) AND stale_at IS NULL
      AND (state ? 'known' OR state ? 'unknown')
) AS parts GROUP BY address;

-- name: candles.NOTE
-- Adds prices to the candles of each length. The order in which prices are seen is not that in which they
-- were: the earliest opens, the latest closes.
INSERT INTO candles AS known (chain, mint, seconds, begins, open, high, low, close, open_at, close_at, volume,
                              prices, certain_close, certain_at)
SELECT chain, mint, seconds, to_timestamp(floor(extract(epoch FROM at) / seconds) * seconds) AS begins,
       (array_agg(usd ORDER BY at))[1], max(usd), min(usd), (array_agg(usd ORDER BY at DESC))[1],
       min(at), max(at), sum(volume), count(*),
       (array_agg(usd ORDER BY at DESC) FILTER (WHERE is_certain))[1], max(at) FILTER (WHERE is_certain)
FROM unnest($1::text[], $2::text[], $3::numeric[], $4::timestamptz[], $5::numeric[], $6::boolean[])
    AS seen (chain, mint, usd, at, volume, is_certain), unnest($7::int[]) AS kinds (seconds)
GROUP BY chain, mint, seconds, begins
ORDER BY chain, mint, seconds, begins
ON CONFLICT (chain, mint, seconds, begins) DO UPDATE SET
    open = CASE WHEN excluded.open_at < known.open_at THEN excluded.open ELSE known.open END,
    close = CASE WHEN excluded.close_at >= known.close_at THEN excluded.close ELSE known.close END,
    high = greatest(known.high, excluded.high), low = least(known.low, excluded.low),
    open_at = least(known.open_at, excluded.open_at), close_at = greatest(known.close_at, excluded.close_at),
    volume = known.volume + excluded.volume, prices = known.prices + excluded.prices,
    certain_close = CASE WHEN excluded.certain_at >= coalesce(known.certain_at, '-infinity')
                         THEN excluded.certain_close ELSE known.certain_close END,
    certain_at = greatest(known.certain_at, excluded.certain_at);

-- name: dollars.NOTE_PUBLISHED
-- A price of a feed is stored once. Only whether it is believed may change, when another one comes that
-- agrees with it or not; nothing is written where it does not.
INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, source, confidence, is_certain, elsewhere)
SELECT chain, mint, signature, usd, to_timestamp(published_at), source, confidence, is_certain, elsewhere
FROM unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::bigint[], $6::text[], $7::numeric[],
            $8::boolean[], $9::numeric[])
    AS new (chain, mint, signature, usd, published_at, source, confidence, is_certain, elsewhere)
ON CONFLICT (chain, mint, signature) DO UPDATE SET is_certain = excluded.is_certain,
    elsewhere = excluded.elsewhere
WHERE dollar_prices.is_certain <> excluded.is_certain;

-- name: dollars.FILLS
-- The latest prices at each moment that is asked for, oldest first.
SELECT moment.at, asked.mint, price.usd, price.wallet, price.seen_at, price.is_certain
FROM unnest($3::timestamptz[]) AS moment (at) CROSS JOIN unnest($2::text[]) AS asked (mint)
CROSS JOIN LATERAL (
    SELECT usd, wallet, seen_at, is_certain FROM dollar_prices
    WHERE chain = $1 AND dollar_prices.mint = asked.mint
      AND seen_at BETWEEN moment.at - $4::interval AND moment.at
    ORDER BY seen_at DESC LIMIT 60) AS price
ORDER BY moment.at, asked.mint, price.seen_at;

-- name: facts.HISTORY
-- What the wallet received and paid of the mint in other slots than this one, over its latest activities. The
-- number of activities says whether the limit cut them; `same_slot` counts legs whose order is not known.
SELECT count(DISTINCT number) AS activities,
       coalesce(sum(raw) FILTER (WHERE side = 'received' AND slot <> $3), 0) AS received,
       coalesce(sum(raw) FILTER (WHERE side = 'paid' AND slot <> $3), 0) AS paid,
       count(raw) FILTER (WHERE slot = $3) AS same_slot
FROM (
    SELECT row_number() OVER () AS number, slot, payload FROM activities
    WHERE chain = $1 AND wallet = $2 AND (slot <= $3 OR seen_at < $8)
      AND (signature, activity_index) <> ($6, $7)
    ORDER BY block_time DESC LIMIT $5
) AS earlier
LEFT JOIN LATERAL (
    SELECT side, (leg->>'raw')::numeric AS raw
    FROM (VALUES ('paid'), ('received')) AS sides (side), jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' = $4
) AS legs ON true;

-- name: gains.GAINS
-- What wallets gained by their latest sales, alerts and history together. A sale whose cost is known in part
-- counts with that part. What was sold for dollars gained no SOL.
SELECT address, count(*)::int AS sales, sum((outcome->>'gain_sol')::numeric)::bigint AS gain_sol,
       sum((outcome->>'gain_usd')::numeric) AS gain_usd,
       count(*) FILTER (WHERE outcome ? 'gain_sol')::int AS in_sol,
       count(*) FILTER (WHERE outcome ? 'gain_usd')::int AS in_usd,
       count(*) FILTER (WHERE NOT outcome ? 'gain_sol' OR (outcome->>'known_share')::numeric < 1)::int
           AS partly_in_sol,
       count(*) FILTER (WHERE NOT outcome ? 'gain_usd' OR (outcome->>'known_share')::numeric < 1)::int
           AS partly_in_usd
FROM wallets CROSS JOIN LATERAL (
    (SELECT market->'outcome' AS outcome, created_at AS sold_at FROM alerts
     WHERE alerts.wallet_id = wallets.wallet_id AND created_at > now() - make_interval(secs => $3)
       AND reverted_at IS NULL AND market->'outcome' ? 'known_share'
     ORDER BY created_at DESC LIMIT $4)
    UNION ALL
    (SELECT outcome, sold_at FROM history_sales
     WHERE history_sales.wallet_id = wallets.wallet_id AND sold_at > now() - make_interval(secs => $3))
    ORDER BY sold_at DESC LIMIT $4) AS latest
WHERE chain = $1 AND address = ANY($2::text[])
GROUP BY address;

-- name: history.UNREAD
-- The wallets whose history before their first watch is still to be read. The wallet that was followed last
-- comes first: somebody waits for it. It reads all watches: ask seldom. The history ends where the feed is.
-- What came before and is no alert will be none; what comes after it will be one, once every scanner knows of
-- the watch.
WITH feed AS (SELECT min(slot) AS slot FROM cursors WHERE chain = $1 AND feed = 'blocks')
SELECT wallet_id, address, coalesce(min(feed.slot), min(since_slot)) AS last_slot
FROM watches JOIN wallets USING (wallet_id) LEFT JOIN history_reads USING (wallet_id) CROSS JOIN feed
WHERE chain = $1 AND history_reads.ended_at IS NULL
  AND coalesce(history_reads.retry_at, '-infinity') < now()
GROUP BY wallet_id, address
HAVING coalesce(min(feed.slot), min(since_slot)) IS NOT NULL
   AND min(watches.created_at) < now() - make_interval(secs => $3)
ORDER BY max(watches.created_at) DESC LIMIT $2;

-- name: holdings.OWNED
-- Which other wallets that a chat follows own a token. An array of a subquery with LIMIT reads the index
-- holdings_latest only as far as needed, token by token. OFFSET 0 makes PostgreSQL read what each chat
-- follows, not who follows the owners: those may be very many. Two wallets suffice, since the wallet of the
-- activity is left out; where it is the only owner, no chat is checked.
WITH owners AS MATERIALIZED (
    SELECT number, ARRAY(
        SELECT wallet_id FROM holdings
        WHERE holdings.chain = asked.chain AND holdings.mint = asked.mint AND raw > 0
        ORDER BY updated_at DESC LIMIT $4) AS wallets, but
    FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS asked (chain, mint, but, number)
)
SELECT asked.number, asked.chat_id, found.wallets
FROM owners JOIN unnest($5::int[], $6::bigint[]) AS asked (number, chat_id) USING (number)
CROSS JOIN LATERAL (
    SELECT array_agg(wallet_id) AS wallets FROM (
        SELECT DISTINCT wallet_id FROM (
            SELECT wallet_id FROM watches WHERE watches.chat_id = asked.chat_id OFFSET 0) AS own
        WHERE wallet_id = ANY(owners.wallets) LIMIT 2) AS two) AS found
WHERE owners.wallets <> '{}' AND owners.wallets <> ARRAY[but] AND found.wallets IS NOT NULL;

-- name: pools.NOTE
-- Notes that pools were seen in trades. A pool that was noted a moment ago is not written again: trades of a
-- hot token would all wait for one row.
INSERT INTO pools (chain, mint, pool, quote, quote_decimals, slot, liquidity_quote)
SELECT seen.*
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::numeric[])
    AS seen (chain, mint, pool, quote, quote_decimals, slot, liquidity_quote)
WHERE NOT EXISTS (
    SELECT FROM pools WHERE pools.chain = seen.chain AND pools.mint = seen.mint AND pools.pool = seen.pool
      AND pools.seen_at > now() - interval '15 seconds')
ON CONFLICT (chain, mint, pool) DO UPDATE SET slot = greatest(pools.slot, excluded.slot), seen_at = now(),
    liquidity_quote = coalesce(excluded.liquidity_quote, pools.liquidity_quote);

-- name: position_rebuilds.CORRECT
-- Writes the outcomes of a position that was booked again into its alerts. Whoever decides or reverts alerts
-- locks them before their positions, so this never waits for one.
WITH free AS (
    SELECT alert_id, outcome FROM alerts
    JOIN unnest($1::bigint[], $2::jsonb[]) AS new (alert_id, outcome) USING (alert_id)
    ORDER BY alert_id FOR NO KEY UPDATE OF alerts SKIP LOCKED
)
UPDATE alerts SET market = CASE WHEN outcome IS NULL THEN market - 'outcome'
                                ELSE jsonb_set(market, '{outcome}', outcome) END
FROM free WHERE alerts.alert_id = free.alert_id RETURNING alerts.alert_id;

-- name: positions.OF_SLOT
-- What is booked already of a slot in which something more has happened now: what is decided is booked.
SELECT asked.wallet_id, payload FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
    AS asked (wallet_id, slot, last)
CROSS JOIN LATERAL (
    SELECT payload FROM alerts
    WHERE alerts.wallet_id = asked.wallet_id AND alert_id <= asked.last AND kind = 'activity'
      AND market IS NOT NULL AND reverted_at IS NULL
    ORDER BY alert_id DESC LIMIT $4) AS latest
WHERE (payload->>'slot')::bigint = asked.slot;

-- name: sightings.NOTE
-- Stores what patterns are looked for in.
INSERT INTO pattern_sightings (alert_id, wallet_id, chain, action, mint, at, usd, before, after, party,
    lamports, is_small, by_itself)
SELECT alert_id, wallet_id, chain, action, mint, at, usd, before::numeric, after::numeric, party, lamports,
    is_small, by_itself
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[],
    $8::text[], $9::text[], $10::text[], $11::bigint[], $12::boolean[], $13::boolean[])
    AS new (alert_id, wallet_id, chain, action, mint, at, usd, before, after, party, lamports, is_small,
    by_itself)
ON CONFLICT DO NOTHING;

-- name: tokens.SAVE
-- Stores what is known of tokens. coalesce: what is unknown now does not delete what was known. Who has power
-- over a mint is known from its account, which is read whole: there NULL means nobody.
INSERT INTO tokens (chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority,
    facts_at)
SELECT chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority,
       CASE WHEN supply IS NOT NULL THEN now() END
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::numeric[], $7::text[],
    $8::text[], $9::text[])
    AS new (chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority)
ON CONFLICT (chain, mint) DO UPDATE SET
    symbol = coalesce(excluded.symbol, tokens.symbol), name = coalesce(excluded.name, tokens.name),
    decimals = excluded.decimals, supply = coalesce(excluded.supply, tokens.supply),
    uri = coalesce(excluded.uri, tokens.uri), facts_at = coalesce(excluded.facts_at, tokens.facts_at),
    mint_authority = CASE WHEN excluded.facts_at IS NULL THEN tokens.mint_authority
                          ELSE excluded.mint_authority END,
    freeze_authority = CASE WHEN excluded.facts_at IS NULL THEN tokens.freeze_authority
                            ELSE excluded.freeze_authority END,
    updated_at = now();

-- name: tokens.CALLED
-- Finds tokens by a symbol. A symbol is not unique, and anybody can take one. So it is searched only among
-- tokens that the chat saw recently.
SELECT mint FROM (
    SELECT leg->>'mint' AS mint, max(alert_id) AS latest
    FROM (SELECT alert_id FROM deliveries WHERE chat_id = $2 AND channel = 'telegram'
          ORDER BY delivery_id DESC LIMIT $4) AS recent
    JOIN alerts USING (alert_id)
    CROSS JOIN LATERAL jsonb_array_elements((payload->'paid') || (payload->'received')) AS leg
    WHERE alerts.chain = $1 GROUP BY leg->>'mint') AS listed
JOIN tokens USING (mint)
WHERE tokens.chain = $1 AND lower(btrim(symbol)) = lower($3)
ORDER BY latest DESC LIMIT 8;

-- name: unsolicited.DEALT_WITH
-- Whether the wallet traded, sent or otherwise used one of the mints itself, in its latest activities. The
-- kinds stand as in the index `activities_dealt`: of a wallet that only receives, nobody may read millions.
SELECT EXISTS (
    SELECT 1 FROM (
        SELECT payload FROM activities
        WHERE chain = $1 AND wallet = $2 AND signature <> $5 AND seen_at <= $6
          AND kind NOT IN ('transfer_in', 'mint')
        ORDER BY block_time DESC LIMIT $4
    ) AS earlier,
    LATERAL (VALUES ('paid'), ('received')) AS sides (side),
    LATERAL jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' = ANY($3::text[]));
