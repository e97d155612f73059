"""What is forgotten of a wallet that nobody follows: nobody sees what it does with what it had.

Whoever follows it again would read of tokens that it has sold since, and of sales of what it has bought since
at an old cost. What it has made until then stays. $1 rows at most; $2 days, if these are fewer than a week.
"""

_UNFOLLOWED = "NOT EXISTS (SELECT FROM watches WHERE watches.wallet_id = {table}.wallet_id)"

# It is booked again from here: what came before is in it.
FORGET_POSITIONS = f"""
WITH old AS (
    SELECT ctid AS at, state - ARRAY['known', 'unknown', 'claimed', 'lots', 'away', 'away_before', 'peak',
                                     'opened_at', 'trip'] AS rest
    FROM positions
    WHERE updated_at < now() - make_interval(days => least($2, 7)) AND stale_at IS NULL
      AND state ?| ARRAY['known', 'unknown', 'away'] AND {_UNFOLLOWED.format(table="positions")}
    LIMIT $1
), new AS (
    SELECT at, rest || jsonb_strip_nulls(jsonb_build_object(
        'sol', (rest->'sol') - ARRAY['quantity', 'cost'], 'usd', (rest->'usd') - ARRAY['quantity', 'cost']
    )) AS state
    FROM old
)
UPDATE positions SET state = new.state, base = new.state, base_alert_id = alert_id, is_cut = true,
    next_base = new.state, next_base_alert_id = alert_id
FROM new WHERE positions.ctid = new.at
"""  # noqa: S608 - a constant

FORGET_HOLDINGS = f"""
DELETE FROM holdings WHERE ctid IN (
    SELECT ctid FROM holdings
    WHERE updated_at < now() - make_interval(days => least($2, 7)) AND {_UNFOLLOWED.format(table="holdings")}
    LIMIT $1)
"""  # noqa: S608 - a constant

# A reading that ends deletes what it has kept; one of a wallet that nobody follows any more never ends.
FORGET_READ = f"""
DELETE FROM history_transactions WHERE ctid IN (
    SELECT history_transactions.ctid FROM history_transactions LEFT JOIN history_reads USING (wallet_id)
    WHERE ended_at IS NOT NULL
       OR (coalesce(retry_at, '-infinity') < now() - make_interval(days => least($2, 7))
           AND {_UNFOLLOWED.format(table="history_transactions")})
    LIMIT $1)
"""  # noqa: S608 - a constant
