"""How far the campaigns of a chain are advanced. All see the same, one part of time after the other.

A part is checked once the feed is complete up to its end, as far as anybody can know; what comes later all
the same is found by when that was (storage/paper/late.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.postgres import Connection

MARGIN_SECONDS = 20.0
"""So long the feed has for what happened, beyond its own lag."""
MAX_WINDOW = timedelta(minutes=10)
"""That is checked in one transaction."""
SECONDS_A_SLOT = 0.5

# Whoever holds the row alone moves the clock; who holds it with others reads what happened before.
LOCK = "SELECT seen_until FROM campaign_clocks WHERE chain = $1 FOR UPDATE"
BEGIN = """
INSERT INTO campaign_clocks (chain, seen_until) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
SHARE = "SELECT seen_until FROM campaign_clocks WHERE chain = $1 FOR SHARE"
MOVE = "UPDATE campaign_clocks SET seen_until = $2 WHERE chain = $1"

# clock_timestamp(): the snapshot of what was checked may be younger than the transaction.
NOTE_LOOK = """
INSERT INTO campaign_looks (chain, until, looked_at, seen) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
FORGET_LOOKS = "DELETE FROM campaign_looks WHERE chain = $1 AND until < $2::timestamptz - interval '2 days'"
SNAPSHOT = "SELECT clock_timestamp() AS at, pg_current_snapshot()::text AS seen"

# While the cursor stands, nothing after its last move is complete; where it lags, its lag is not.
HORIZON = """
SELECT date_trunc('second', least(now(), coalesce(cursors.updated_at, now()))
    - make_interval(secs => $2::float8 + $3::float8 * greatest(0, coalesce(heads.slot - cursors.slot, 0))))
FROM (SELECT $1::text AS chain) AS asked
LEFT JOIN heads ON heads.chain = asked.chain
LEFT JOIN cursors ON cursors.chain = asked.chain AND cursors.feed = 'blocks'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A check of what is stored: what it could see."""

    at: datetime
    seen: str
    """The transactions: a snapshot of PostgreSQL."""

    def sees(self, written_by: int) -> bool:
        """Return whether it could see what a transaction wrote, as PostgreSQL's pg_visible_in_snapshot."""
        xmin, xmax, running = self.seen.split(":")
        if written_by < int(xmin):
            return True
        return written_by < int(xmax) and str(written_by) not in running.split(",")


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
    snapshot = await take_snapshot(connection)
    await connection.execute(NOTE_LOOK, chain, until, snapshot.at, snapshot.seen)
    return await lock_clock(connection, chain)


async def share_clock(connection: Connection, chain: str) -> datetime:
    """Let nobody move the clock of a chain until the transaction ends; up to when campaigns have seen."""
    seen: datetime | None = await connection.fetchval(SHARE, chain)
    return await lock_clock(connection, chain) if seen is None else seen


async def take_snapshot(connection: Connection) -> Snapshot:
    """Return what the next statement of a transaction sees at least."""
    (row,) = await connection.fetch(SNAPSHOT)
    return Snapshot(at=row["at"], seen=row["seen"])


async def move_clock(connection: Connection, chain: str, until: datetime, snapshot: Snapshot) -> None:
    """Note that everything before `until` was checked, and what could be seen then.

    Args:
        connection: in the transaction that advances the campaigns, or finds nothing to advance.
        chain: whose clock.
        until: block time, exclusive.
        snapshot: which transactions had ended then; a trade that commits later is late for these campaigns.
    """
    await connection.execute(MOVE, chain, until)
    await connection.execute(NOTE_LOOK, chain, until, snapshot.at, snapshot.seen)
    await connection.execute(FORGET_LOOKS, chain, until)
