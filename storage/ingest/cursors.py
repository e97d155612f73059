"""How far each feed is complete, and what becomes of a cursor that stands where no chain can have come to."""

from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Connection, Database

MIN_SLOT_SECONDS = 0.15
"""No chain is faster."""
MAX_BACK_SLOTS = 500_000
"""How far a healed cursor is set back at most; nodes keep little more than that."""

# ruff: noqa: S608 - the parts put in are the constant below
# A cursor was true until it moved last, to where it stands. So many slots there can have been since then.
_BACK = "least(extract(epoch FROM now() - coalesce(%s, 'epoch')) / $5::float8, $4::bigint)::bigint"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything of `feed` up to and with `slot` is stored or quarantined."""

    feed: str
    slot: int
    updated_at: datetime


async def read_cursor(database: Database, *, chain: str, feed: str) -> Cursor | None:
    """The cursor of the feed; None: the feed was never read."""
    row = await database.fetchrow(
        "SELECT feed, slot, updated_at FROM cursors WHERE chain = $1 AND feed = $2", chain, feed
    )
    return None if row is None else Cursor(**dict(row))


async def heal_cursors(database: Database, *, chain: str, highest_possible: int, head: int) -> int | None:
    """Set back every cursor that stands above what the chain can have come to.

    It goes on where the chain was at the earliest when the cursor moved there; what is read twice is stored
    once.

    Args:
        database: where the cursors stand.
        chain: whose they are.
        highest_possible: a slot that the chain cannot have passed by now.
        head: the newest slot of the chain.

    Returns:
        The lowest slot to which a cursor was set back; None: none was.
    """

    async def work(connection: Connection) -> int | None:
        values = chain, highest_possible, head, MAX_BACK_SLOTS, MIN_SLOT_SECONDS
        found = [await connection.fetchval(statement, *values) for statement in HEAL]
        await connection.execute(HEAL_HEAD, chain, highest_possible)
        await connection.execute(HEAL_WATCHES, chain, highest_possible, head)
        return min((slot for slot in found if slot is not None), default=None)

    return await database.transaction(work)
