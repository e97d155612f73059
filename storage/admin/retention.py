"""Retention: old rows are deleted in small batches, the oldest first, so that nothing waits for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from storage.market.position_checkpoints import checkpoint_positions
from storage.market.unfollowed import FORGET_HOLDINGS, FORGET_POSITIONS, FORGET_READ
from storage.postgres import Connection, Database, affected
from storage.sql_files import read_statement

BATCH = 5_000
MAX_BATCHES = 40
"""In one hour; the rest is deleted in the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """One kind of row, and the statement that deletes a batch of it: $1 rows at most, $2 days to keep."""

    name: str
    statement: str
    before: Callable[[Connection, int, int], Awaitable[None]] | None = None
    """Keeps what follows from these rows, in the transaction that deletes them; the same two values."""


# Ids rise with time, so the oldest rows are at the beginning of the primary key: a batch reads no more than
# those.
_RULES = (
    RetentionRule(
        name="updates",
        statement="""
DELETE FROM updates WHERE update_id IN (
    SELECT update_id FROM (
        SELECT update_id, state, finished_at FROM updates ORDER BY update_id LIMIT $1) AS oldest
    WHERE state IN ('done', 'failed') AND finished_at < now() - make_interval(days => least($2, 7)))
  AND update_id < (SELECT max(update_id) FROM updates)""",
    ),
    RetentionRule(  # a flood leaves many, and none of them is of use once the flood is over
        name="limited updates",
        statement="""
DELETE FROM updates WHERE update_id IN (
    SELECT update_id FROM updates
    WHERE state = 'limited' AND received_at < now() - make_interval(hours => least($2, 1)) LIMIT $1)
  AND update_id < (SELECT max(update_id) FROM updates)""",
    ),
    RetentionRule(
        name="questions",
        statement="""
DELETE FROM questions WHERE question_id IN (
    SELECT question_id FROM questions
    WHERE state <> 'open' AND finished_at < now() - make_interval(days => least($2, 7)) LIMIT $1)""",
    ),
    RetentionRule(
        name="deliveries",
        statement=read_statement(__name__, "DELIVERIES"),
    ),
    RetentionRule(
        name="alerts",
        statement="""
DELETE FROM alerts WHERE alert_id IN (
    SELECT alert_id FROM (
        SELECT alert_id, created_at, fanned_out_at FROM alerts ORDER BY alert_id LIMIT $1) AS oldest
    WHERE fanned_out_at IS NOT NULL AND created_at < now() - make_interval(days => $2)
      AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.alert_id = oldest.alert_id))""",
        before=checkpoint_positions,
    ),
    RetentionRule(
        name="living alerts",
        statement="""
DELETE FROM living_alerts WHERE living_id IN (
    SELECT living_id FROM living_alerts WHERE last_at < now() - make_interval(days => greatest($2, 8))
    LIMIT $1)""",
    ),
    RetentionRule(
        name="prices",
        statement="""
DELETE FROM dollar_prices WHERE ctid IN (
    SELECT ctid FROM dollar_prices WHERE seen_at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="past prices",
        statement="""
DELETE FROM past_coin_prices WHERE ctid IN (
    SELECT ctid FROM past_coin_prices WHERE hour < now() - make_interval(days => $2) LIMIT $1)""",
    ),
    RetentionRule(
        name="pools",
        statement="""
DELETE FROM pools WHERE ctid IN (
    SELECT ctid FROM pools WHERE seen_at < now() - make_interval(days => least($2, 30)) LIMIT $1)""",
    ),
    RetentionRule(
        name="price claims",
        statement="""
DELETE FROM price_claims WHERE ctid IN (
    SELECT ctid FROM price_claims WHERE at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="holdings",
        statement="""
DELETE FROM holdings WHERE ctid IN (
    SELECT ctid FROM holdings
    WHERE updated_at < now() - make_interval(days => CASE WHEN raw = 0 THEN least($2, 1) ELSE $2 END)
    LIMIT $1)""",
    ),
    RetentionRule(name="read histories", statement=FORGET_READ),
    RetentionRule(name="positions of nobody's wallets", statement=FORGET_POSITIONS),
    RetentionRule(name="holdings of nobody's wallets", statement=FORGET_HOLDINGS),
    RetentionRule(  # what was closed without a known cost or proceeds says nothing of the wallet
        name="positions",
        statement="""
DELETE FROM positions WHERE ctid IN (
    SELECT ctid FROM positions
    WHERE updated_at < now() - make_interval(days => $2) AND stale_at IS NULL
      AND NOT state ?| ARRAY['known', 'unknown', 'away']
      AND coalesce(state->'sol', '{}') = '{}' AND coalesce(state->'usd', '{}') = '{}'
    LIMIT $1)""",
    ),
    RetentionRule(  # no detector looks farther back than a day
        name="pattern sightings",
        statement="""
DELETE FROM pattern_sightings WHERE ctid IN (
    SELECT ctid FROM pattern_sightings
    WHERE NOT is_new AND at < extract(epoch FROM now() - make_interval(days => least($2, 8))) LIMIT $1)""",
    ),
    RetentionRule(
        name="payments",
        statement="""
DELETE FROM payments WHERE ctid IN (
    SELECT ctid FROM payments
    WHERE paid_at < extract(epoch FROM now() - make_interval(days => greatest($2, 180)))
    LIMIT $1)""",
    ),
    RetentionRule(
        name="token trades",
        statement="""
DELETE FROM token_trades WHERE ctid IN (
    SELECT ctid FROM token_trades WHERE noted_at < now() - make_interval(days => least($2, 7)) LIMIT $1)""",
    ),
    RetentionRule(
        name="pattern episodes",
        statement="""
DELETE FROM pattern_episodes WHERE ctid IN (
    SELECT ctid FROM pattern_episodes
    WHERE at < extract(epoch FROM now() - make_interval(days => least($2, 2))) LIMIT $1)""",
    ),
    RetentionRule(
        name="wallet patterns",
        statement="""
DELETE FROM wallet_patterns WHERE ctid IN (
    SELECT ctid FROM wallet_patterns
    WHERE at < extract(epoch FROM now() - make_interval(days => least($2, 2))) LIMIT $1)""",
    ),
    RetentionRule(
        name="scans",
        statement="""
DELETE FROM security_scans WHERE ctid IN (
    SELECT ctid FROM security_scans
    WHERE greatest(expires_at, scanned_at) < now() - make_interval(days => $2) LIMIT $1)""",
    ),
    RetentionRule(
        name="earlier scans",
        statement="""
DELETE FROM security_scan_history WHERE ctid IN (
    SELECT ctid FROM security_scan_history WHERE scanned_at < now() - make_interval(days => $2)
    ORDER BY scanned_at LIMIT $1)""",
    ),
    RetentionRule(
        name="changes of balances",
        statement="""
DELETE FROM sol_changes WHERE ctid IN (
    SELECT ctid FROM sol_changes WHERE noted_at < now() - make_interval(days => least($2, 30)) LIMIT $1)""",
    ),
    RetentionRule(
        name="sign-in tokens",
        statement="""
DELETE FROM sign_in_tokens WHERE token_hash IN (
    SELECT token_hash FROM sign_in_tokens
    WHERE expires_at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="web sessions",
        statement="""
DELETE FROM web_sessions WHERE session_hash IN (
    SELECT session_hash FROM web_sessions
    WHERE expires_at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="expired keys",
        statement="""
DELETE FROM api_keys WHERE key_id IN (
    SELECT key_id FROM api_keys
    WHERE expires_at < now() - make_interval(days => least($2, 30)) LIMIT $1)""",
    ),
    RetentionRule(
        name="repeated requests",
        statement="""
DELETE FROM idempotent_requests WHERE ctid IN (
    SELECT ctid FROM idempotent_requests
    WHERE created_at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="instances",
        statement="""
DELETE FROM instances WHERE instance_id IN (
    SELECT instance_id FROM instances
    WHERE heartbeat_at < now() - make_interval(days => least($2, 1)) LIMIT $1)""",
    ),
    RetentionRule(
        name="sessions",
        statement="""
DELETE FROM whale_searches WHERE search_id IN (
    SELECT search_id FROM whale_searches
    WHERE status <> 'running' AND coalesce(ended_at, heartbeat_at) < now() - make_interval(days => $2)
    ORDER BY search_id LIMIT $1)""",
    ),
    RetentionRule(
        name="whales",
        statement="""
DELETE FROM whale_addresses WHERE ctid IN (
    SELECT ctid FROM whale_addresses WHERE last_seen_at < now() - make_interval(days => $2) LIMIT $1)""",
    ),
    RetentionRule(  # few at a time: all that each was filled goes with it
        name="campaigns",
        statement="""
DELETE FROM campaigns WHERE campaign_id IN (
    SELECT campaign_id FROM campaigns
    WHERE finished AND stopped_at < now() - make_interval(days => $2) LIMIT least($1, 20))""",
    ),
    RetentionRule(
        name="broadcasts",
        statement="""
DELETE FROM broadcasts WHERE broadcast_id IN (
    SELECT broadcast_id FROM broadcasts
    WHERE finished_at < now() - make_interval(days => $2)
      AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.broadcast_id = broadcasts.broadcast_id)
    LIMIT $1)""",
    ),
    RetentionRule(
        name="outages",
        statement="""
DELETE FROM outages WHERE outage_id IN (
    SELECT outage_id FROM outages
    WHERE announced_at < now() - make_interval(days => $2)
      AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.outage_id = outages.outage_id)
    LIMIT $1)""",
    ),
    RetentionRule(
        name="minutes",
        statement="""
DELETE FROM minute_counts WHERE minute IN (
    SELECT minute FROM minute_counts
    WHERE minute < now() - make_interval(days => $2) ORDER BY minute LIMIT $1)""",
    ),
    RetentionRule(
        name="ticks",
        statement="""
DELETE FROM ticks WHERE ctid IN (
    SELECT ctid FROM ticks WHERE tick < now() - make_interval(days => least($2, 7)) LIMIT $1)""",
    ),
)


async def apply_retention(database: Database, *, days: int) -> dict[str, int]:
    """Delete rows older than `days`, and earlier those that nobody reads; the number of each kind."""
    return {rule.name: await _apply(database, rule, days) for rule in _RULES}


async def _apply(database: Database, rule: RetentionRule, days: int) -> int:
    total = 0
    for _ in range(MAX_BATCHES):
        count = await _delete(database, rule, days)
        total += count
        if count == 0:
            break
    return total


async def _delete(database: Database, rule: RetentionRule, days: int) -> int:
    """Delete one batch; return how many rows it was."""
    before = rule.before
    if before is None:
        return affected(await database.execute(rule.statement, BATCH, days))

    async def work(connection: Connection) -> int:
        await before(connection, BATCH, days)
        return affected(await connection.execute(rule.statement, BATCH, days))

    return await database.transaction(work)
