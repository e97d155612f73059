"""How far each feed is complete: in all, by buckets, by partitions.

A partition has no cursor of its own: it is complete as far as the lowest of its buckets.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.sharding import BUCKETS, PARTITIONS
from storage.ingest.outages import ChainProgress, Move, close_outage_when_caught_up, open_outage_on_gap
from storage.postgres import Connection, Database, columns
from storage.sql_files import read_statement

MIN_SLOT_SECONDS = 0.15
"""No chain is faster."""
MAX_BACK_SLOTS = 500_000
"""How far a healed cursor is set back at most; nodes keep little more than that."""
MARGIN_SLOTS = 400
"""How far a healed cursor is set back at least."""

# ruff: noqa: S608 - the parts put in are the constants below
# A cursor was true until it moved last, to where it stands. So many slots there can have been since then.
_BACK = "least(extract(epoch FROM now() - coalesce(%s, 'epoch')) / $5::float8 + $6, $4::bigint)::bigint"
HEAL = (
    f"""
WITH healed AS (
    UPDATE cursors SET slot = greatest(0, $3 - {_BACK % "updated_at"}), updated_at = now()
    WHERE chain = $1 AND slot > $2 RETURNING slot)
SELECT min(slot) FROM healed
""",
    f"""
WITH healed AS (
    UPDATE shard_cursors SET slot = greatest(0, $3 - {_BACK % "moved_at"}), moved_at = now()
    WHERE chain = $1 AND slot > $2 RETURNING slot)
SELECT min(slot) FROM healed
""",
)
HEAL_HEAD = "DELETE FROM heads WHERE chain = $1 AND slot > $2"

# A watch that was made while the head was wrong would never get an alert.
HEAL_WATCHES = """
UPDATE watches SET since_slot = $3 FROM wallets
WHERE wallets.wallet_id = watches.wallet_id AND wallets.chain = $1 AND since_slot > $2
"""

# A bucket is complete at least as far as the cursor of all wallets.
READ_BUCKETS = """
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
MOVE_BUCKETS = """
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

# A partition is complete at least as far as the cursor of all wallets. One that lacks a bucket never began.
READ_PARTITIONS = """
SELECT bucket % $3 AS partition, greatest(min(shard_cursors.slot), min(cursors.slot)) AS slot
FROM shard_cursors LEFT JOIN cursors ON cursors.chain = shard_cursors.chain AND cursors.feed = $2
WHERE shard_cursors.chain = $1
GROUP BY 1 HAVING count(*) = $4
"""

MOVE_PARTITIONS = read_statement(__name__, "MOVE_PARTITIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything of `feed` up to and with `slot` is stored or quarantined."""

    feed: str
    slot: int


async def read_cursor(database: Database, *, chain: str, feed: str) -> Cursor | None:
    """The cursor of the feed; None: the feed was never read.

    Args:
        database: it is only read.
        chain: whose feed.
        feed: its name, such as `FEED` of scanner/commit/sink.py.
    """
    row = await database.fetchrow(
        "SELECT feed, slot FROM cursors WHERE chain = $1 AND feed = $2", chain, feed
    )
    return None if row is None else Cursor(**dict(row))


async def heal_cursors(database: Database, *, chain: str, highest_possible: int, head: int) -> int | None:
    """Set back every cursor that stands above what the chain can have come to.

    It continues where the chain was at the earliest when the cursor moved there; what is read twice is stored
    once.

    Args:
        database: where the cursors are stored.
        chain: whose they are.
        highest_possible: a slot that the chain cannot have passed by now.
        head: the newest slot of the chain.

    Returns:
        The lowest slot to which a cursor was set back; None: none was.
    """

    async def work(connection: Connection) -> int | None:
        values = chain, highest_possible, head, MAX_BACK_SLOTS, MIN_SLOT_SECONDS, MARGIN_SLOTS
        found = [await connection.fetchval(statement, *values) for statement in HEAL]
        await connection.execute(HEAL_HEAD, chain, highest_possible)
        await connection.execute(HEAL_WATCHES, chain, highest_possible, head)
        return min((slot for slot in found if slot is not None), default=None)

    return await database.transaction(work)


async def begin_shards(database: Database, *, chain: str, feed: str, slot: int) -> None:
    """Give every bucket a cursor: the one of `feed`, or `slot` if nothing was ever read.

    Args:
        database: one transaction; cursors that exist stay.
        chain: whose buckets.
        feed: the cursor of everything, at which a bucket begins.
        slot: from which nothing needs to be read again: the newest one, at the very first start.
    """

    async def work(connection: Connection) -> None:
        await connection.execute(BEGIN_CURSOR, chain, feed, slot)
        await connection.execute(BEGIN_BUCKETS, chain, feed, BUCKETS)

    await database.transaction(work)


async def shard_cursors(
    database: Database, *, chain: str, feed: str, buckets: Collection[int]
) -> Mapping[int, int]:
    """The slot up to which each bucket is complete; one that never began is missing.

    Args:
        database: it is only read.
        chain: whose buckets.
        feed: the cursor of everything; a bucket is never behind it.
        buckets: numbers below BUCKETS.
    """
    rows = await database.fetch(READ_BUCKETS, chain, feed, sorted(buckets))
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
        counts: whether this counts as a move in time; if not, the buckets continue standing still.
    """
    await connection.execute(MOVE_BUCKETS, chain, list(buckets), slot, counts)
    await connection.execute(MOVE_LOWEST, chain, feed, BUCKETS, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionMove:
    """A partition is complete up to `upto`, if it was up to `after`."""

    partition: int
    after: int
    upto: int


async def partition_cursors(database: Database, *, chain: str, feed: str) -> Mapping[int, int]:
    """The slot up to which each partition is complete; one that never began is missing.

    Args:
        database: it is only read.
        chain: whose partitions.
        feed: the cursor of everything; a partition is never behind it.
    """
    rows = await database.fetch(READ_PARTITIONS, chain, feed, PARTITIONS, BUCKETS // PARTITIONS)
    return {row["partition"]: row["slot"] for row in rows}


async def move_partitions(
    connection: Connection, *, chain: str, feed: str, moves: Sequence[PartitionMove]
) -> None:
    """Move these partitions, never back and never over a gap; `follow_partitions` moves the feed's cursor.

    Args:
        connection: in the transaction that stores the batch.
        chain: whose partitions.
        feed: the cursor of everything.
        moves: each from a slot on; a bucket that is not as far as that stays, since there is a gap before.
    """
    rows = [(move.partition, move.after, move.upto) for move in moves]
    await connection.execute(MOVE_PARTITIONS, chain, feed, *columns(rows, 3), PARTITIONS)


async def follow_partitions(
    database: Database, *, chain: str, feed: str, upto: int, progress: ChainProgress | None = None
) -> None:
    """Move the cursor of `feed` to where every partition is complete.

    Processors do not do this in their own transactions: none of them sees what the others are about to
    commit, and all would wait for the one row.

    Args:
        database: where the cursors are stored.
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
