"""Collectors and processors as processes: killed, and the queue between them emptied, amid trades."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.sharding import PARTITIONS
from runtime.embedded.valkey import EmbeddedValkey
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.world import Whale, until
from tests.scenarios.scanner_processes import (
    ScannerProcesses,
    ScannerTestbed,
    followed_whales,
    scanner_processes,
    trade_slowly,
    until_all_stored,
)

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

    async def end(self) -> None:
        await self._server.stop()


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
def testbed(testbed: ScannerTestbed, own: EmbeddedValkey) -> ScannerTestbed:
    return replace(testbed, valkey_url=own.url)


async def begin(scanners: ScannerProcesses, database: Database) -> None:
    """One collector and two processors, at work."""
    await scanners.start(COLLECTOR, SCANNER_STAGE="collect")
    await scanners.start(*PROCESSORS, SCANNER_STAGE="process")
    await scanners.until_up(COLLECTOR, *PROCESSORS)

    async def shared() -> bool:
        owners = await database.fetch("SELECT DISTINCT owner FROM leases WHERE name LIKE 'partition:%'")
        return {row["owner"] for row in owners} == set(PROCESSORS)

    await until(shared)


async def in_order(database: Database, whales: list[Whale]) -> bool:
    """Whether the alerts of each wallet were made in the order of the chain."""
    rows = await database.fetch(
        "SELECT payload ->> 'wallet' AS wallet, (payload ->> 'slot')::bigint AS slot,"
        " (payload ->> 'position')::int AS position FROM alerts ORDER BY alert_id"
    )
    positions = {
        whale.address: [(r["slot"], r["position"]) for r in rows if r["wallet"] == whale.address]
        for whale in whales
    }
    return all(places == sorted(places) for places in positions.values())


async def test_a_killed_processor_a_killed_collector_and_an_emptied_queue_lose_and_double_nothing(
    testbed: ScannerTestbed, queue: OwnQueue
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 10)
    async with scanner_processes(testbed, SCANNER_SOURCE="blocks") as scanners:
        await begin(scanners, testbed.database)
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
        await until_all_stored(testbed.database, whales, seconds=TAKEN_OVER_SECONDS)
        assert await in_order(testbed.database, whales)


@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_a_queue_that_crashes_is_away_and_comes_back_loses_and_doubles_nothing(
    source: str, testbed: ScannerTestbed, queue: OwnQueue
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 6)
    async with scanner_processes(testbed, SCANNER_SOURCE=source) as scanners:
        await begin(scanners, testbed.database)
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 50))
            await asyncio.sleep(0.5)
            await queue.crash(away=1.5)
        await until_all_stored(testbed.database, whales, seconds=TAKEN_OVER_SECONDS)


async def test_while_the_queue_is_away_the_collector_stores_by_itself(
    testbed: ScannerTestbed, queue: OwnQueue
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 3)
    async with scanner_processes(testbed, SCANNER_SOURCE="blocks") as scanners:
        await begin(scanners, testbed.database)
        await trade_slowly(whales, 3)
        await until_all_stored(testbed.database, whales)
        await queue.end()
        await trade_slowly(whales, 3)
        await until_all_stored(testbed.database, whales)


@pytest.mark.parametrize("mode", ["active-active", "leader"])
async def test_a_second_collector_makes_nothing_twice_and_goes_on_alone(
    mode: str, testbed: ScannerTestbed
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 6)
    async with scanner_processes(testbed, SCANNER_MODE=mode) as scanners:
        await begin(scanners, testbed.database)
        await scanners.start("collector-b", SCANNER_STAGE="collect")
        await scanners.until_up("collector-b")
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 30))
            await asyncio.sleep(0.5)
            await scanners.kill(COLLECTOR)
        await until_all_stored(testbed.database, whales, seconds=TAKEN_OVER_SECONDS)


async def test_a_stopped_processor_is_replaced_within_ten_seconds_and_writes_nothing_when_it_wakes(
    testbed: ScannerTestbed,
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 8)
    async with scanner_processes(testbed, SCANNER_SOURCE="blocks") as scanners:
        await begin(scanners, testbed.database)
        scanners.signal(PROCESSORS[0], signal.SIGSTOP)
        await trade_slowly(whales, 5)
        await until_all_stored(testbed.database, whales, seconds=TAKEN_OVER_SECONDS)
        scanners.signal(PROCESSORS[0], signal.SIGCONT)
        await trade_slowly(whales, 20)
        await until_all_stored(testbed.database, whales, seconds=TAKEN_OVER_SECONDS)
        assert await in_order(testbed.database, whales)


async def test_a_program_that_is_stopped_hands_its_partitions_over_at_once(testbed: ScannerTestbed) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 6)
    async with scanner_processes(testbed) as scanners:
        await begin(scanners, testbed.database)
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 10))
            await asyncio.sleep(0.2)
            scanners.signal(PROCESSORS[0], signal.SIGTERM)
            ended = scanners.processes.pop(PROCESSORS[0])
            async with asyncio.timeout(10):
                assert await ended.ended() == 0

        async def alone() -> bool:
            mine = await testbed.database.fetchval(
                "SELECT count(*) FROM leases"
                " WHERE owner = $1 AND name LIKE 'partition:%' AND expires_at > now()",
                PROCESSORS[1],
            )
            return bool(mine == PARTITIONS)

        await until(alone, 4)
        await until_all_stored(testbed.database, whales)
