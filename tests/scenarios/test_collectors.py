"""Collectors and processors as processes of their own: killed, and the queue between them emptied, amid trades."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.embedded.valkey import EmbeddedValkey
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.scene import Whale, until
from tests.scenarios.fleet import Fleet, Place, fleet, pod, trade_slowly, until_all_stored, until_up

pytestmark = [pytest.mark.services, pytest.mark.e2e]

COLLECTOR, PROCESSORS = "collector-a", ("processor-a", "processor-b")
TAKEN_OVER_SECONDS = 15.0
"""Ten, and some for a machine on which other tests run."""


class OwnQueue:
    """A Valkey to be hurt."""

    def __init__(self, server: EmbeddedValkey) -> None:
        self._server = server

    async def empty(self) -> None:
        client = open_redis(self._server.url)
        await client.flushall()
        await client.aclose()

    async def crash(self, away: float) -> None:
        assert self._server.pid is not None
        os.kill(self._server.pid, signal.SIGKILL)
        await self._server.died()
        await asyncio.sleep(away)
        await self._server.start()


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def queue(own: EmbeddedValkey) -> OwnQueue:
    return OwnQueue(own)


@pytest.fixture
def place(place: Place, own: EmbeddedValkey) -> Place:
    return replace(place, valkey_url=own.url)


async def begin(scanners: Fleet, database: Database) -> None:
    """One collector and two processors, at work."""
    await scanners.start(COLLECTOR, SCANNER_STAGE="collect")
    await scanners.start(*PROCESSORS, SCANNER_STAGE="process")
    await until_up(database, COLLECTOR, *PROCESSORS)

    async def shared() -> bool:
        owners = await database.fetch("SELECT DISTINCT owner FROM leases WHERE name LIKE 'strand:%'")
        return {row["owner"] for row in owners} == set(PROCESSORS)

    await until(shared)


async def in_order(database: Database, whales: list[Whale]) -> bool:
    """Whether the alerts of each wallet were made in the order of the chain."""
    rows = await database.fetch(
        "SELECT payload ->> 'wallet' AS wallet, (payload ->> 'slot')::bigint AS slot,"
        " (payload ->> 'position')::int AS position FROM alerts ORDER BY alert_id"
    )
    told = {
        whale.address: [(r["slot"], r["position"]) for r in rows if r["wallet"] == whale.address]
        for whale in whales
    }
    return all(places == sorted(places) for places in told.values())


async def test_a_killed_processor_a_killed_collector_and_an_emptied_queue_lose_and_double_nothing(
    place: Place, queue: OwnQueue
) -> None:
    whales = await pod(place.chain, place.database, 10)
    async with fleet(place, SCANNER_SOURCE="blocks") as scanners:
        await begin(scanners, place.database)
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 60))
            await asyncio.sleep(0.4)
            await scanners.kill(PROCESSORS[0])
            await asyncio.sleep(0.4)
            await queue.empty()
            await asyncio.sleep(0.4)
            await scanners.kill(COLLECTOR)
            await scanners.start(COLLECTOR, SCANNER_STAGE="collect")
            await asyncio.sleep(0.6)
            await queue.empty()
        await until_all_stored(place.database, whales, seconds=TAKEN_OVER_SECONDS)
        assert await in_order(place.database, whales)
