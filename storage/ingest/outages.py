"""Outages: times in which the feed was not read, recorded by the transaction that moves its cursor again.

The cursor that stood still says what was not seen, of which wallets and for how long. So it does not matter
whether the nodes, the scanner or PostgreSQL were unavailable, or which scanner continues. One row of a chain
is open at a time, so that several scanners do not record the same gap twice; a gap that touches the row joins
it. A move whose head was read before the gap cannot show the gap: it does not count as a move in time, and
the next one shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.clock import monotonic
from storage.postgres import Connection, Row
from storage.sql_files import read_statement

NEAR_SLOTS = 50
"""A cursor this near to the head has caught up; a chain that made fewer slots stood still itself.

Ten seconds at five blocks a second."""

# After a change of SCANNER_MODE the cursor of all wallets may be ahead of a bucket; then it says how old the
# bucket is.
_STANDING = """
SELECT bucket, greatest(shard.slot, cursors.slot) AS slot,
       CASE WHEN cursors.slot > shard.slot THEN greatest(moved_at, updated_at) ELSE moved_at END AS moved_at
FROM shard_cursors AS shard
LEFT JOIN cursors ON cursors.chain = shard.chain AND cursors.feed = $2
WHERE shard.chain = $1 AND bucket = ANY($6::int[])
"""
_OF_ALL = """
SELECT NULL::int AS bucket, slot, updated_at AS moved_at FROM cursors
WHERE chain = $1 AND feed = $2 AND $6::int[] IS NULL
"""

# ruff: noqa: S608 - the parts put in are the constants above
# The cursors that stood still for longer than $5 seconds while the chain continued. $3: where the cursor
# moves to, $4: the head. A batch that is stored amid a sync pass does not move the cursor (slot = $3): it
# counts, too.
FIND_GAP = f"""
SELECT array_agg(bucket) AS buckets, min(slot) AS slot, min(moved_at) AS moved_at, count(*) AS cursors,
       EXISTS (SELECT FROM outages WHERE chain = $1 AND announcing_at IS NULL AND ended_at IS NULL) AS is_open
FROM (({_STANDING}) UNION ALL ({_OF_ALL})) AS cursor
WHERE slot <= $3 AND slot < $4 - {NEAR_SLOTS} AND moved_at < now() - make_interval(secs => $5)
"""

LOCK = "SELECT pg_advisory_xact_lock(hashtext('outages ' || $1))"

OPEN = read_statement(__name__, "OPEN")

# A block that several scanners read for their wallets counts once.
COUNT = """
UPDATE outages SET counted_to = greatest(counted_to, $3),
    blocks = blocks + (SELECT count(*) FROM unnest($2::bigint[]) AS slot WHERE slot > counted_to)
WHERE chain = $1 AND announcing_at IS NULL AND ended_at IS NULL
"""

# The outage ends when its slowest bucket (or, without shares, the cursor of all wallets) has caught up with
# the head.
CLOSE = f"""
UPDATE outages SET ended_at = now(),
    upto_alert_id = (SELECT coalesce(max(alert_id), 0) FROM alerts)
WHERE chain = $1 AND announcing_at IS NULL AND ended_at IS NULL AND $3 - {NEAR_SLOTS} <= (
    SELECT coalesce(min(greatest(shard.slot, cursors.slot)), min(cursors.slot))
    FROM cursors LEFT JOIN shard_cursors AS shard
      ON shard.chain = cursors.chain AND shard.bucket = ANY(outages.buckets)
    WHERE cursors.chain = $1 AND cursors.feed = $2)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainProgress:
    """How far the chain has come when a cursor moves; it shows whether the feed was blind."""

    head: int
    """The newest slot that a node named."""
    asked: float
    """When that was known, by the monotonic clock of this process: a node was asked for it then, or a trusted
    stream named it."""
    blind_seconds: float
    """The feed was blind if a cursor stood still for longer."""
    blocks: Sequence[int] = ()
    """Slots whose blocks were read for this move."""

    def is_known(self) -> bool:
        """Return whether the head is still the chain's; it may not be if the process stood still since."""
        return monotonic() - self.asked <= self.blind_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A cursor that is about to move."""

    chain: str
    feed: str
    slot: int
    buckets: Sequence[int] | None
    progress: ChainProgress


async def open_outage_on_gap(connection: Connection, move: Move) -> bool:
    """Record a gap, before the cursor moves and anything is stored; return whether an outage is open now."""
    gap = await _find_gap(connection, move)
    if not (gap["cursors"] or gap["is_open"]):
        return False
    await connection.execute(LOCK, move.chain)  # before any row lock, so that no two wait for each other
    gap = await _find_gap(connection, move)  # another scanner may have moved the cursor meanwhile
    if gap["cursors"]:
        buckets = None if move.buckets is None else sorted(gap["buckets"])
        await connection.execute(OPEN, move.chain, buckets, gap["moved_at"], gap["slot"], move.progress.head)
    return bool(gap["cursors"] or gap["is_open"])


async def close_outage_when_caught_up(connection: Connection, move: Move) -> None:
    """Count the blocks that were read for a move; the outage ends where nothing is left to read."""
    await connection.execute(COUNT, move.chain, list(move.progress.blocks), move.slot)
    if move.progress.is_known():
        await connection.execute(CLOSE, move.chain, move.feed, move.progress.head)


async def _find_gap(connection: Connection, move: Move) -> Row:
    row = await connection.fetchrow(
        FIND_GAP,
        move.chain,
        move.feed,
        move.slot,
        move.progress.head,
        move.progress.blind_seconds,
        None if move.buckets is None else list(move.buckets),
    )
    if row is None:
        raise RuntimeError("an aggregate always has a row")
    return row
