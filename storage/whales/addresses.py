"""The addresses that whale searches found."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.whale_search import Sighting, Whale
from storage.postgres import Connection, Database, Row, columns

_BETWEEN = "\x1f"
"""Separates words that are sent as one text: UNNEST takes no arrays of arrays of different lengths."""


# kinds and venues come as one text each, with chr(31) between the words, since UNNEST takes no lists of
# lists. At most 32 venues are kept, so that no row grows without end.
def upsert(table: str, key: str) -> str:
    """The statement that adds what was seen of addresses under one value of a key, $1."""
    return f"""
INSERT INTO {table} AS known ({key}, address, times_seen, volume, largest, kinds, venues,
                                      first_seen_at, last_seen_at, last_slot)
SELECT $1, address, times_seen, volume, largest, string_to_array(kinds, chr(31)),
       string_to_array(venues, chr(31)), coalesce(to_timestamp(block_time), now()),
       coalesce(to_timestamp(block_time), now()), slot
FROM unnest($2::text[], $3::bigint[], $4::numeric[], $5::numeric[], $6::text[], $7::text[], $8::float8[],
            $9::bigint[])
  AS new (address, times_seen, volume, largest, kinds, venues, block_time, slot)
ON CONFLICT ({key}, address) DO UPDATE SET
    times_seen = known.times_seen + excluded.times_seen,
    volume = known.volume + excluded.volume,
    largest = greatest(known.largest, excluded.largest),
    kinds = ARRAY(SELECT DISTINCT unnest(known.kinds || excluded.kinds) ORDER BY 1),
    venues = (ARRAY(SELECT DISTINCT unnest(known.venues || excluded.venues) ORDER BY 1))[1:32],
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
    last_slot = greatest(known.last_slot, excluded.last_slot)
RETURNING xmax = 0 AS is_new
"""  # noqa: S608 - the names are ours


UPSERT = upsert("whale_addresses", "chain")

TOP = """
SELECT address, times_seen, volume, largest, kinds, venues, first_seen_at, last_seen_at, last_slot
FROM whale_addresses WHERE chain = $1
ORDER BY volume DESC, address LIMIT $2 OFFSET $3
"""


async def add_sightings(connection: Connection, *, chain: str, sightings: Sequence[Sighting]) -> int:
    """Within a transaction: add what was seen of these addresses; return how many of them are new.

    Args:
        connection: in the transaction of a step.
        chain: of the addresses.
        sightings: one an address.
    """
    if not sightings:
        return 0
    rows = [sighting_columns(one) for one in sorted(sightings, key=lambda sighting: sighting.address)]
    written = await connection.fetch(UPSERT, chain, *columns(rows, 8))
    return sum(row["is_new"] for row in written)


async def top_whales(database: Database, *, chain: str, limit: int, after: int = 0) -> list[Whale]:
    """The addresses by volume, the largest first, without the first `after`.

    Args:
        database: it is only read.
        chain: of the addresses.
        limit: how many at most.
        after: how many are passed over: those of the pages before.
    """
    return [whale_of(row) for row in await database.fetch(TOP, chain, limit, after)]


async def count_whales(database: Database, *, chain: str) -> int:
    """The number of addresses that were found."""
    count: int = await database.fetchval("SELECT count(*) FROM whale_addresses WHERE chain = $1", chain)
    return count


def sighting_columns(one: Sighting) -> tuple[object, ...]:
    """Return what `upsert` takes of it."""
    return (
        one.address,
        one.times_seen,
        one.volume,
        one.largest,
        _BETWEEN.join(sorted(one.kinds)),
        _BETWEEN.join(sorted(one.venues)),
        one.block_time,
        one.slot,
    )


def whale_of(row: Row | Mapping[str, Any]) -> Whale:
    """The address that a row is about."""
    return Whale(
        **{
            **dict(row),
            "volume": int(row["volume"]),
            "largest": int(row["largest"]),
            "kinds": tuple(row["kinds"]),
            "venues": tuple(row["venues"]),
        }
    )
