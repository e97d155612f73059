"""What each whale search found by itself; `addresses.py` keeps what all of them found together."""

from __future__ import annotations

from collections.abc import Sequence

from domain.whale_search import Sighting, Whale
from storage.postgres import Connection, Database, columns
from storage.whales.addresses import sighting_columns, upsert, whale_of

UPSERT = upsert("whale_finds", "search_id")
TOP = """
SELECT address, times_seen, volume, largest, kinds, venues, first_seen_at, last_seen_at, last_slot
FROM whale_finds WHERE search_id = $1
ORDER BY volume DESC, address LIMIT $2 OFFSET $3
"""


async def add_finds(connection: Connection, search_id: int, sightings: Sequence[Sighting]) -> None:
    """Within the transaction of a step: add what it saw to the finds of its search.

    Args:
        connection: in the transaction of a step.
        search_id: whose finds.
        sightings: one an address.
    """
    if sightings:
        rows = [sighting_columns(one) for one in sorted(sightings, key=lambda sighting: sighting.address)]
        await connection.fetch(UPSERT, search_id, *columns(rows, 8))


async def top_finds(database: Database, search_id: int, *, limit: int, after: int = 0) -> list[Whale]:
    """Return what one search found by volume, the largest first, without the first `after`.

    Args:
        database: it is only read.
        search_id: whose finds; none, if there is no such search.
        limit: how many at most.
        after: how many are passed over: those of the pages before.
    """
    return [whale_of(row) for row in await database.fetch(TOP, search_id, limit, after)]


async def count_finds(database: Database, search_id: int) -> int:
    """The number of addresses that one search found."""
    count: int = await database.fetchval("SELECT count(*) FROM whale_finds WHERE search_id = $1", search_id)
    return count
