"""What a search finds again adds up; of another search it knows nothing."""

import pytest

from storage.postgres import Connection, Database
from storage.whales.finds import add_finds, count_finds, top_finds
from storage.whales.searches import start_search
from tests.storage.sample_data import CHAIN
from tests.storage.whales.sightings import NEW, sighting

pytestmark = pytest.mark.services


async def test_what_is_seen_again_adds_up_and_the_largest_volume_comes_first(database: Database) -> None:
    search = await start_search(database, NEW)

    async def work(connection: Connection) -> None:
        await add_finds(connection, search.search_id, [sighting("a", 5), sighting("b", 7)])
        await add_finds(connection, search.search_id, [sighting("a", 4)])
        await add_finds(connection, search.search_id, [])

    await database.transaction(work)
    found = await top_finds(database, search.search_id, limit=5)
    assert [(whale.address, whale.volume, whale.times_seen) for whale in found] == [("a", 9, 2), ("b", 7, 1)]
    assert [whale.address for whale in await top_finds(database, search.search_id, limit=5, after=1)] == ["b"]
    assert await count_finds(database, search.search_id + 1) == 0
    assert search.chain == CHAIN
