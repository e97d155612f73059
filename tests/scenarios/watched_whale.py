"""One scanner in this process, between a whale and a database, for scenarios of what goes wrong outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.settings.loading import load_settings
from tests.scanner.world import Whale, follow, scanning, stored, until_cursor, until_stored
from tests.scenarios.scanner_processes import ScannerTestbed


@asynccontextmanager
async def watching(testbed: ScannerTestbed, **settings: str) -> AsyncIterator[Whale]:
    """A whale that is watched from now on; in the end each of its deeds must be stored once."""
    whale = Whale(testbed.chain)
    await follow(testbed.database, whale.address)
    async with scanning(load_settings(testbed.variables(**settings))):
        await until_cursor(
            testbed.database, testbed.chain.api.slot
        )  # no fork takes the whale's funds with it
        yield whale
        await until_alerted_once(testbed, whale)


async def act(whale: Whale, passes: int = 8, *, pause: float = 0.05) -> None:
    """Three deeds a round."""
    for _ in range(passes):
        whale.trade(3)
        await asyncio.sleep(pause)


async def until_alerted_once(testbed: ScannerTestbed, whale: Whale) -> None:
    """Return when each deed that landed is one activity and one alert."""
    await until_stored(testbed.database, whale)
    assert await stored(testbed.database, whale) == whale.landed
    counts = "SELECT (SELECT count(*) FROM alerts) = (SELECT count(*) FROM activities)"
    assert await testbed.database.fetchval(counts), "others may act meanwhile: the counts are of one moment"
