"""Strands of wallets: which processors share them, and how far each is complete.

A strand has no cursor of its own: it is complete as far as the lowest of its buckets (`shards.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.sharding import BUCKETS, STRANDS
from storage.ingest.outages import Move, Reach, notice_end, notice_gap
from storage.ingest.shards import MOVE_LOWEST
from storage.postgres import Connection, Database, columns

ROLL_CALL = """
WITH mine AS (
    INSERT INTO strand_members (chain, instance_id) VALUES ($1, $2)
    ON CONFLICT (chain, instance_id) DO UPDATE SET beat_at = now()
)
SELECT instance_id FROM strand_members
WHERE chain = $1 AND instance_id <> $2 AND beat_at > now() - make_interval(secs => $3)
"""

PRESENT = """
SELECT count(*) FROM strand_members WHERE chain = $1 AND beat_at > now() - make_interval(secs => $2)
"""

FORGET = "DELETE FROM strand_members WHERE chain = $1 AND beat_at < now() - interval '1 hour'"

# What is complete for all wallets is complete for each strand. A strand without all its buckets never began.
READ = """
SELECT bucket % $3 AS strand, greatest(min(shard_cursors.slot), min(cursors.slot)) AS slot
FROM shard_cursors LEFT JOIN cursors ON cursors.chain = shard_cursors.chain AND cursors.feed = $2
WHERE shard_cursors.chain = $1
GROUP BY 1 HAVING count(*) = $4
"""

# In one order for all writers, so that two of them never wait for each other. A bucket that does not stand
# at `after` or above stays: something between was not stored.
MOVE = """
UPDATE shard_cursors SET slot = mine.upto, moved_at = now()
FROM (
    SELECT bucket, move.upto FROM shard_cursors
    JOIN unnest($3::int[], $4::bigint[], $5::bigint[]) AS move (strand, after, upto)
      ON move.strand = shard_cursors.bucket % $6
    WHERE chain = $1 AND slot < move.upto
      AND greatest(slot, (SELECT slot FROM cursors WHERE chain = $1 AND feed = $2)) >= move.after
    ORDER BY bucket FOR UPDATE OF shard_cursors
) AS mine
WHERE shard_cursors.chain = $1 AND shard_cursors.bucket = mine.bucket
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrandMove:
    """A strand is complete up to `upto`, if it was up to `after`."""

    strand: int
    after: int
    upto: int


async def strand_cursors(database: Database, *, chain: str, feed: str) -> Mapping[int, int]:
    """Up to which slot each strand is complete; what never began is missing."""
    rows = await database.fetch(READ, chain, feed, STRANDS, BUCKETS // STRANDS)
    return {row["strand"]: row["slot"] for row in rows}


async def move_strands(connection: Connection, *, chain: str, feed: str, moves: Sequence[StrandMove]) -> None:
    """Move these strands, never back and never over a gap; `follow_strands` moves the cursor of `feed`."""
    rows = [(move.strand, move.after, move.upto) for move in moves]
    await connection.execute(MOVE, chain, feed, *columns(rows, 3), STRANDS)


async def follow_strands(
    database: Database, *, chain: str, feed: str, upto: int, reach: Reach | None = None
) -> None:
    """Move the cursor of `feed` to where every strand is complete.

    This is nothing for the transactions of processors: none sees what the others are just about to commit,
    and all would wait for the one row.

    Args:
        database: where they stand.
        chain: of the wallets.
        feed: whose cursor it is.
        upto: where every strand was just seen to be complete.
        reach: how far the chain has come, so that blind spells are noticed; None: they are not.
    """

    async def work(connection: Connection) -> None:
        move = None
        if reach is not None:
            move = Move(chain=chain, feed=feed, slot=upto, buckets=None, reach=reach)
        is_open = move is not None and await notice_gap(connection, move)
        counts = reach is None or reach.is_known()
        await connection.execute(MOVE_LOWEST, chain, feed, BUCKETS, counts)
        if move is not None and is_open:
            await notice_end(connection, move)

    await database.transaction(work)


async def processors_roll_call(
    database: Database, *, chain: str, instance_id: str, seconds: float
) -> frozenset[str]:
    """Say that this processor is there; everybody who said so within `seconds`, this one included."""
    rows = await database.fetch(ROLL_CALL, chain, instance_id, seconds)
    return frozenset(row["instance_id"] for row in rows) | {instance_id}


async def processors_present(database: Database, *, chain: str, seconds: float) -> int:
    """How many processors said within `seconds` that they are there."""
    count: int = await database.fetchval(PRESENT, chain, seconds)
    return count


async def processor_leaves(database: Database, *, chain: str, instance_id: str) -> None:
    """This processor ends in order: the others share its strands at once."""
    await database.execute(
        "DELETE FROM strand_members WHERE chain = $1 AND instance_id = $2", chain, instance_id
    )
    await database.execute(FORGET, chain)
