"""Addresses that a whale search has found."""

import base58

from domain.whale_search import LAMPORTS, Sighting
from storage.postgres import Connection, Database
from storage.whales.addresses import add_sightings
from storage.whales.finds import add_finds

CHAIN = "solana"


def address(number: int) -> str:
    return base58.b58encode(bytes([number] * 32)).decode()


async def found(database: Database, count: int, *, venue: str = "Sandbox pool") -> None:
    """So many whales; the one with the highest number has moved the most."""
    sightings = _sightings(count, venue)

    async def work(connection: Connection) -> int:
        return await add_sightings(connection, chain=CHAIN, sightings=sightings)

    assert await database.transaction(work) == count


async def found_by(database: Database, search_id: int, count: int) -> None:
    """The same, of one search alone."""

    async def work(connection: Connection) -> None:
        await add_finds(connection, search_id, _sightings(count, "Sandbox pool"))

    await database.transaction(work)


def _sightings(count: int, venue: str) -> list[Sighting]:
    return [
        Sighting(
            address=address(number),
            times_seen=number,
            volume=(1_000 + number) * LAMPORTS,
            largest=LAMPORTS,
            kinds=frozenset({"buy"}),
            venues=frozenset({venue}),
            block_time=1_700_000_000,
            slot=100,
        )
        for number in range(1, count + 1)
    ]
