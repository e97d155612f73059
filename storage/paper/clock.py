"""How far campaigns of a chain have seen what happened. All see the same, one part of time after the other.

A part is looked at once the feed is complete up to its end, as far as anybody can know; what comes later all
the same is found by when that was (storage/paper/late.py).
"""

from datetime import datetime, timedelta

from storage.postgres import Connection

MARGIN_SECONDS = 20.0
"""So long the feed has for what happened, beyond its own lag."""
MAX_WINDOW = timedelta(minutes=10)
"""That is looked at in one transaction."""
SECONDS_A_SLOT = 0.5

# Whoever holds the row alone moves the campaigns of the chain.
LOCK = "SELECT seen_until FROM campaign_clocks WHERE chain = $1 FOR UPDATE"
BEGIN = """
INSERT INTO campaign_clocks (chain, seen_until) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
MOVE = "UPDATE campaign_clocks SET seen_until = $2 WHERE chain = $1"

# clock_timestamp(): the snapshot of what was looked at may be younger than the transaction.
NOTE_LOOK = """
INSERT INTO campaign_looks (chain, until, looked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
FORGET_LOOKS = "DELETE FROM campaign_looks WHERE chain = $1 AND until < $2::timestamptz - interval '2 days'"
NOW = "SELECT clock_timestamp()"

# While the cursor stands, nothing after its last move is complete; where it lags, its lag is not.
HORIZON = """
SELECT date_trunc('second', least(now(), coalesce(cursors.updated_at, now()))
    - make_interval(secs => $2::float8 + $3::float8 * greatest(0, coalesce(heads.slot - cursors.slot, 0))))
FROM (SELECT $1::text AS chain) AS asked
LEFT JOIN heads ON heads.chain = asked.chain
LEFT JOIN cursors ON cursors.chain = asked.chain AND cursors.feed = 'blocks'
"""


async def complete_until(connection: Connection, chain: str, *, margin: float = MARGIN_SECONDS) -> datetime:
    """Up to when the feed is likely to be complete, by block time.

    Args:
        connection: in a transaction.
        chain: whose feed.
        margin: seconds that it has beyond its own lag.
    """
    found: datetime = await connection.fetchval(HORIZON, chain, margin, SECONDS_A_SLOT)
    return found


async def lock_clock(connection: Connection, chain: str) -> datetime:
    """Let nobody else move the campaigns of a chain until the transaction ends; up to when they have seen."""
    seen: datetime | None = await connection.fetchval(LOCK, chain)
    if seen is not None:
        return seen
    until = await complete_until(connection, chain)
    await connection.execute(BEGIN, chain, until)
    await connection.execute(NOTE_LOOK, chain, until, await now(connection))
    return await lock_clock(connection, chain)


async def now(connection: Connection) -> datetime:
    """What the clock of the database says, before anything is looked at."""
    found: datetime = await connection.fetchval(NOW)
    return found


async def move_clock(connection: Connection, chain: str, until: datetime, looked_at: datetime) -> None:
    """Note that everything before `until` was looked at, as it was at `looked_at`."""
    await connection.execute(MOVE, chain, until)
    await connection.execute(NOTE_LOOK, chain, until, looked_at)
    await connection.execute(FORGET_LOOKS, chain, until)
