"""Cursors of shards: how far each bucket of wallets is complete."""

from collections.abc import Collection, Mapping, Sequence

from domain.sharding import BUCKETS
from storage.postgres import Connection, Database

# A bucket is complete at least as far as the cursor of all wallets.
READ = """
SELECT bucket, greatest(shard_cursors.slot, cursors.slot) AS slot
FROM shard_cursors LEFT JOIN cursors ON cursors.chain = shard_cursors.chain AND cursors.feed = $2
WHERE shard_cursors.chain = $1 AND bucket = ANY($3::int[])
"""

BEGIN_CURSOR = """
INSERT INTO cursors (chain, feed, slot) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""

BEGIN_BUCKETS = """
INSERT INTO shard_cursors (chain, bucket, slot)
SELECT $1, bucket, (SELECT slot FROM cursors WHERE chain = $1 AND feed = $2)
FROM generate_series(0, $3 - 1) AS bucket
ON CONFLICT DO NOTHING
"""

# ORDER BY: in one order for all writers, so that two of them never wait for each other.
MOVE = """
UPDATE shard_cursors SET slot = $3, moved_at = CASE WHEN $4 THEN now() ELSE moved_at END
FROM (SELECT chain, bucket FROM shard_cursors
      WHERE chain = $1 AND bucket = ANY($2::int[]) AND slot < $3 ORDER BY bucket FOR UPDATE) AS mine
WHERE shard_cursors.chain = mine.chain AND shard_cursors.bucket = mine.bucket AND shard_cursors.slot < $3
"""

MOVE_LOWEST = """
UPDATE cursors SET slot = lowest.slot, updated_at = CASE WHEN $4 THEN now() ELSE updated_at END
FROM (SELECT min(slot) AS slot, count(*) AS buckets FROM shard_cursors WHERE chain = $1) AS lowest
WHERE chain = $1 AND feed = $2 AND lowest.buckets = $3 AND cursors.slot < lowest.slot
"""


async def begin_shards(database: Database, *, chain: str, feed: str, slot: int) -> None:
    """Give every bucket a cursor: the one of `feed`, or `slot` if nothing was ever read."""

    async def work(connection: Connection) -> None:
        await connection.execute(BEGIN_CURSOR, chain, feed, slot)
        await connection.execute(BEGIN_BUCKETS, chain, feed, BUCKETS)

    await database.transaction(work)


async def shard_cursors(
    database: Database, *, chain: str, feed: str, buckets: Collection[int]
) -> Mapping[int, int]:
    """The slot up to which each bucket is complete; one that never began is missing."""
    rows = await database.fetch(READ, chain, feed, sorted(buckets))
    return {row["bucket"]: row["slot"] for row in rows}


async def move_shards(
    connection: Connection, *, chain: str, feed: str, buckets: Sequence[int], slot: int, counts: bool = True
) -> None:
    """Move these buckets to a slot, never back, and the cursor of `feed` to the lowest of all.

    Args:
        connection: in a transaction.
        chain: of the wallets.
        feed: whose cursor follows.
        buckets: that are complete now.
        slot: up to which they are.
        counts: whether this counts as a move in time; if not, the buckets go on standing still.
    """
    await connection.execute(MOVE, chain, list(buckets), slot, counts)
    await connection.execute(MOVE_LOWEST, chain, feed, BUCKETS, counts)
