"""Scenarios 15 and 52, and the kill of a scanner in each role, on real processes."""

import asyncio
import signal

import pytest

from storage.coordination.instances import instances
from storage.postgres import Database
from tests.scanner.world import until
from tests.scenarios.scanner_processes import (
    ScannerTestbed,
    followed_whales,
    scanner_processes,
    trade_slowly,
    until_all_stored,
)

pytestmark = [pytest.mark.services, pytest.mark.e2e]

TRIO = ("scanner-a", "scanner-b", "scanner-c")
REBALANCED_SECONDS = 10.0
TAKEN_OVER_SECONDS = 2.0
"""From the end of a lease until the next leader has stored something."""


async def owner(database: Database) -> str | None:
    found: str | None = await database.fetchval(
        "SELECT owner FROM leases WHERE name = 'scanner:sandbox' AND expires_at > now()"
    )
    return found


@pytest.mark.parametrize("mode", ["active-active", "sharded", "leader"])
@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_scenario_01_a_scanner_of_three_killed_amid_trades_loses_and_doubles_nothing_when(
    mode: str, source: str, testbed: ScannerTestbed
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 10)
    settings = {"SCANNER_MODE": mode, "SCANNER_SOURCE": source}
    async with scanner_processes(testbed, **settings) as scanners:
        await scanners.start(*TRIO)
        await scanners.until_up(*TRIO)
        victim = (await owner(testbed.database)) or TRIO[0]
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 12))
            await asyncio.sleep(0.2)
            await scanners.kill(victim)
        await until_all_stored(testbed.database, whales, seconds=SLACK * REBALANCED_SECONDS + 2)


@pytest.mark.measures
async def test_scenario_15_a_leader_stopped_beyond_its_lease_is_fenced_and_joins_again(
    testbed: ScannerTestbed,
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 4)
    async with scanner_processes(testbed, SCANNER_MODE="leader") as scanners:
        await scanners.start("scanner-a")
        await scanners.until_up("scanner-a")
        await until_leads(testbed.database, "scanner-a")
        await scanners.start("scanner-b")
        await scanners.until_up("scanner-b")
        await trade_slowly(whales, 2)
        scanners.signal("scanner-a", signal.SIGSTOP)
        await trade_slowly(whales, 2)
        await until_leads(testbed.database, "scanner-b")
        await until_all_stored(testbed.database, whales)
        scanners.signal("scanner-a", signal.SIGCONT)
        await trade_slowly(whales, 6)
        await until(lambda: "Stands by" in scanners.log_text("scanner-a"))
        await until_all_stored(testbed.database, whales)
        assert await owner(testbed.database) == "scanner-b"
        assert await testbed.database.fetchval("SELECT epoch FROM leases WHERE name = 'scanner:sandbox'") == 2
        await until(lambda: is_hot(testbed.database, "scanner-a", wallets=len(whales)))
        await scanners.kill("scanner-b")
        ended = await testbed.database.fetchval(
            "SELECT expires_at FROM leases WHERE name = 'scanner:sandbox'"
        )
        await trade_slowly(whales, 2)
        await until_all_stored(testbed.database, whales)
        first = await testbed.database.fetchval(
            "SELECT min(seen_at) FROM activities WHERE seen_at > $1", ended
        )
        assert (first - ended).total_seconds() < TAKEN_OVER_SECONDS
        await until_leads(testbed.database, "scanner-a")


async def is_hot(database: Database, name: str, *, wallets: int) -> bool:
    """Whether a scanner stands by with its wallets loaded and its streams subscribed."""
    (detail,) = [one.detail for one in await instances(database) if one.instance_id == name]
    streams = detail["streams"]
    is_live = isinstance(streams, dict) and all(str(state).startswith("live") for state in streams.values())
    return is_live and (detail["assignment"], detail["wallets"]) == ("stands by", wallets)


async def until_leads(database: Database, name: str) -> None:
    async def leads() -> bool:
        return await owner(database) == name

    await until(leads, 2 * REBALANCED_SECONDS)


async def test_scenario_52_wallets_move_within_ten_seconds_of_a_join_and_of_a_death(
    testbed: ScannerTestbed,
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 12)
    async with scanner_processes(testbed, SCANNER_MODE="sharded") as scanners:
        await scanners.start("scanner-a", "scanner-b")
        await scanners.until_up("scanner-a", "scanner-b")
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 100))
            await scanners.start("scanner-c")
            await scanners.until_up("scanner-c")
            await asyncio.sleep(2)
            await scanners.kill("scanner-a")
        await until_all_stored(testbed.database, whales, seconds=SLACK * REBALANCED_SECONDS)


SLACK = 1.5
"""For a machine on which other tests run; `make bench-ingest` measures the ten seconds."""
