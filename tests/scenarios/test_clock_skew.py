"""Scenario 56: the clocks of two hosts are ten minutes apart. Leases go by the database's alone."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.programs import Servers, running
from tests.e2e.system import config, each_alert_came_once, marked, opened
from tests.e2e.waiting import until
from tests.forking import CLOCK_AHEAD
from tests.scenarios.scanner_processes import (
    ScannerProcesses,
    ScannerTestbed,
    followed_whales,
    scanner_processes,
    trade_slowly,
    until_all_stored,
)

pytestmark = [pytest.mark.services, pytest.mark.e2e]
FAST, SLOW = 300, -300
RENEWALS_SECONDS = 5.0
LEASE = "SELECT owner, epoch FROM leases WHERE name = 'scanner:sandbox' AND expires_at > now()"


def skewed(seconds: int) -> dict[str, str]:
    """Variables under which a program believes in another time of day."""
    return {CLOCK_AHEAD: str(seconds)}


async def start_skewed(scanners: ScannerProcesses, testbed: ScannerTestbed) -> None:
    await scanners.start("scanner-fast", **skewed(FAST))
    await scanners.start("scanner-slow", **skewed(SLOW))
    await scanners.until_up("scanner-fast", "scanner-slow")


@pytest.mark.parametrize("first", ["scanner-fast", "scanner-slow"])
async def test_scenario_56_a_leader_whose_clock_is_wrong_leads_until_it_dies_and_the_next_takes_over(
    first: str, testbed: ScannerTestbed
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 3)
    second = "scanner-slow" if first == "scanner-fast" else "scanner-fast"
    async with scanner_processes(testbed, SCANNER_MODE="leader") as scanners:
        for name in (first, second):
            await scanners.start(name, **skewed(FAST if name == "scanner-fast" else SLOW))
            await scanners.until_up(name)
        await trade_slowly(whales, 4)
        await asyncio.sleep(RENEWALS_SECONDS)
        assert tuple(await testbed.database.fetchrow(LEASE) or ()) == (first, 1)
        await scanners.kill(first)
        await trade_slowly(whales, 4)
        await until_all_stored(testbed.database, whales)
        assert tuple(await testbed.database.fetchrow(LEASE) or ()) == (second, 2)


async def test_scenario_56_scanners_whose_clocks_differ_share_the_wallets_and_count_as_healthy(
    testbed: ScannerTestbed,
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 6)
    async with scanner_processes(testbed, SCANNER_MODE="sharded") as scanners:
        await start_skewed(scanners, testbed)
        await trade_slowly(whales, 6)
        await until_all_stored(testbed.database, whales)
        health = await testbed.database.fetch("SELECT instance_id, health FROM instance_health")
        assert {row["instance_id"]: row["health"] for row in health} == {
            "scanner-fast": "healthy",
            "scanner-slow": "healthy",
        }
        members = await testbed.database.fetchval(
            "SELECT count(*) FROM members WHERE beat_at > now() - interval '6 seconds'"
        )
        assert members == 2


async def test_scenario_56_senders_whose_clocks_differ_send_everything_once(
    postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    servers = Servers(postgres_url=postgres_url, valkey_url=valkey_url)
    async with opened(servers, tmp_path, setting=config(whales=10)) as system:
        programs = system.programs
        children = [programs.make("scanner"), programs.make("dispatcher", **skewed(FAST))]
        for name, seconds in (("sender-fast", FAST), ("sender-slow", SLOW)):
            children.append(programs.make(name, of="notifications", **skewed(seconds)))
        async with running(programs, children):
            chats, since = await system.follow_all(), system.driver.last_seq
            await system.trade(6)
            await system.until_finished(60)
            await each_alert_came_once(system, chats, since=since)
            assert marked(system.driver.messages(since)) == []
            await until(lambda: all(programs.pid(child.program.name) for child in children))
        assert await system.database.fetchval("SELECT max(attempts) FROM deliveries") == 1
