"""How far each feed is complete."""

from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Database


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
