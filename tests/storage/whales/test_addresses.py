"""Addresses that whale searches found, over several steps."""

import pytest

from domain.whale_search import Sighting
from storage.postgres import Database
from storage.whales.addresses import add_sightings, count_whales, top_whales
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


def sighting(address: str, volume: int, venue: str) -> Sighting:
    return Sighting(
        address=address,
        times_seen=1,
        volume=volume,
        largest=volume,
        kinds=frozenset({"buy"}),
        venues=frozenset({venue}),
        block_time=1_700_000_000,
        slot=5,
    )


async def test_what_is_seen_again_adds_up_and_the_largest_volume_comes_first(database: Database) -> None:
    async def add(*sightings: Sighting) -> int:
        return await database.transaction(
            lambda connection: add_sightings(connection, chain=CHAIN, sightings=sightings)
        )

    assert await add(sighting("a", 5, "Orca"), sighting("b", 7, "Raydium")) == 2
    assert await add(sighting("a", 4, "Meteora")) == 0
    assert await add() == 0
    first, second = await top_whales(database, chain=CHAIN, limit=10)
    assert (first.address, first.volume, first.largest, first.times_seen) == ("a", 9, 5, 2)
    assert first.venues == ("Meteora", "Orca")
    assert second.address == "b"
    assert await top_whales(database, chain=CHAIN, limit=10, after=1) == [second]
    assert await count_whales(database, chain=CHAIN) == 2
