"""Cursors of partitions: how far each partition of wallets is complete.

A partition has no cursor of its own: it is complete as far as the lowest of its buckets (`shards.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.sharding import BUCKETS, PARTITIONS
from storage.ingest.outages import ChainProgress, Move, close_outage_when_caught_up, open_outage_on_gap
from storage.ingest.shards import MOVE_LOWEST
from storage.postgres import Connection, Database, columns

# A partition is complete at least as far as the cursor of all wallets. One that lacks a bucket never began.
READ = """
SELECT bucket % $3 AS partition, greatest(min(shard_cursors.slot), min(cursors.slot)) AS slot
FROM shard_cursors LEFT JOIN cursors ON cursors.chain = shard_cursors.chain AND cursors.feed = $2
WHERE shard_cursors.chain = $1
GROUP BY 1 HAVING count(*) = $4
"""

# ORDER BY: in one order for all writers, so that two of them never wait for each other. A bucket below
# `after` does not move: what is between was not stored.
MOVE = """
UPDATE shard_cursors SET slot = mine.upto, moved_at = now()
FROM (
    SELECT bucket, move.upto FROM shard_cursors
    JOIN unnest($3::int[], $4::bigint[], $5::bigint[]) AS move (partition, after, upto)
      ON move.partition = shard_cursors.bucket % $6
    WHERE chain = $1 AND slot < move.upto
      AND greatest(slot, (SELECT slot FROM cursors WHERE chain = $1 AND feed = $2)) >= move.after
    ORDER BY bucket FOR UPDATE OF shard_cursors
) AS mine
WHERE shard_cursors.chain = $1 AND shard_cursors.bucket = mine.bucket
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionMove:
    """A partition is complete up to `upto`, if it was up to `after`."""

    partition: int
    after: int
    upto: int


async def partition_cursors(database: Database, *, chain: str, feed: str) -> Mapping[int, int]:
    """The slot up to which each partition is complete; one that never began is missing."""
    rows = await database.fetch(READ, chain, feed, PARTITIONS, BUCKETS // PARTITIONS)
    return {row["partition"]: row["slot"] for row in rows}


async def move_partitions(
    connection: Connection, *, chain: str, feed: str, moves: Sequence[PartitionMove]
) -> None:
    """Move these partitions, never back and never over a gap; `follow_partitions` moves the feed's cursor."""
    rows = [(move.partition, move.after, move.upto) for move in moves]
    await connection.execute(MOVE, chain, feed, *columns(rows, 3), PARTITIONS)


async def follow_partitions(
    database: Database, *, chain: str, feed: str, upto: int, progress: ChainProgress | None = None
) -> None:
    """Move the cursor of `feed` to where every partition is complete.

    Processors do not do this in their own transactions: none of them sees what the others are about to
    commit, and all would wait for the one row.

    Args:
        database: where the cursors stand.
        chain: of the wallets.
        feed: whose cursor it is.
        upto: where every partition was just seen to be complete.
        progress: how far the chain has come, so that outages are recorded; None: they are not.
    """

    async def work(connection: Connection) -> None:
        move = None
        if progress is not None:
            move = Move(chain=chain, feed=feed, slot=upto, buckets=None, progress=progress)
        is_open = move is not None and await open_outage_on_gap(connection, move)
        counts = progress is None or progress.is_known()
        await connection.execute(MOVE_LOWEST, chain, feed, BUCKETS, counts)
        if move is not None and is_open:
            await close_outage_when_caught_up(connection, move)

    await database.transaction(work)
