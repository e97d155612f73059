"""One scanner in this process, between a whale and a database, for scenarios of what goes wrong outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.settings.loading import load_settings
from tests.scanner.world import Whale, follow, scanning, stored, until_cursor, until_stored
from tests.scenarios.fleet import Place


@asynccontextmanager
async def watching(place: Place, **settings: str) -> AsyncIterator[Whale]:
    """A whale that is watched from now on; in the end each of its deeds must be stored once."""
    whale = Whale(place.chain)
    await follow(place.database, whale.address)
    async with scanning(load_settings(place.variables(**settings))):
        await until_cursor(place.database, place.chain.api.slot)  # no fork takes the whale's funds with it
        yield whale
        await until_told_once(place, whale)


async def act(whale: Whale, rounds: int = 8, *, pause: float = 0.05) -> None:
    """Three deeds a round."""
    for _ in range(rounds):
        whale.trade(3)
        await asyncio.sleep(pause)


async def until_told_once(place: Place, whale: Whale) -> None:
    """Return when each deed that landed is one activity and one alert."""
    await until_stored(place.database, whale)
    assert await stored(place.database, whale) == whale.landed
    told = await place.database.fetchval("SELECT count(*) FROM alerts")
    assert told == await place.database.fetchval("SELECT count(*) FROM activities")
