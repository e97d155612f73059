"""Scenarios 1, 2, 3 and 53: a scanner dies by kill -9 around its commit, and while it catches up."""

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.e2e.programs import Servers, running
from tests.e2e.system import config, each_alert_came_once, opened
from tests.scanner.world import until_cursor
from tests.scenarios.scanner_processes import (
    ScannerTestbed,
    followed_whales,
    scanner_processes,
    until_all_stored,
)

pytestmark = [pytest.mark.services, pytest.mark.e2e]

SLOTS = 5_000
"""Of which one in a hundred has a block."""
POLL_SECONDS = 2.0
SEND_SECONDS = 3.0
"""For a machine on which other tests run."""


@pytest.mark.parametrize("source", ["auto", "blocks"])
@pytest.mark.parametrize("point", ["decoded", "storing"])
async def test_scenario_01_a_scanner_killed_before_its_commit_finds_the_event_again(
    point: str, source: str, testbed: ScannerTestbed
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 1)
    async with scanner_processes(testbed, SCANNER_SOURCE=source, WHALE_WATCHER_FAILPOINT=point) as doomed:
        await doomed.start("scanner-a")
        await doomed.until_up("scanner-a")
        whales[0].trade(3)
        async with asyncio.timeout(20):
            assert await doomed.processes["scanner-a"].ended() == -signal.SIGKILL
        del doomed.processes["scanner-a"]
    assert await testbed.database.fetchval("SELECT count(*) FROM alerts") == 0
    async with scanner_processes(testbed, SCANNER_SOURCE=source) as scanners:
        await scanners.start("scanner-b")
        await until_all_stored(testbed.database, whales)


async def test_scenario_02_alerts_of_a_scanner_killed_before_its_wake_up_are_found_by_the_poll(
    postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    servers = Servers(postgres_url=postgres_url, valkey_url=valkey_url)
    async with opened(servers, tmp_path, setting=config(whales=1)) as system:
        programs = system.programs
        children = [programs.make(name) for name in ("dispatcher", "notifications")]
        children.append(programs.make("scanner", WHALE_WATCHER_FAILPOINT="stored"))
        async with running(programs, children):
            chats, alive = await system.follow_all(), programs.pid("scanner")
            since = system.driver.last_seq
            await system.trade(1)
            await system.until_finished(1)
            await programs.again("scanner", alive)
            await each_alert_came_once(system, chats, since=since)
        late = await system.database.fetchval(
            "SELECT max(extract(epoch FROM deliveries.finished_at - alerts.created_at))::float8"
            " FROM deliveries JOIN alerts USING (alert_id)"
        )
        assert late < POLL_SECONDS + SEND_SECONDS


async def test_scenario_53_and_03_a_back_fill_of_5000_slots_goes_on_at_its_cursor_however_often_it_is_killed(
    testbed: ScannerTestbed,
) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None, history=6_000)) as chain:
        testbed = replace(testbed, chain=chain)
        whales = await followed_whales(chain, testbed.database, 3)
        async with scanner_processes(testbed, SCANNER_SOURCE="blocks") as scanners:
            await scanners.start("scanner-a")
            await scanners.until_up("scanner-a")
            await step(chain, 5)
            await until_cursor(testbed.database, chain.api.slot - 4)
            await scanners.kill("scanner-a")
            first = chain.api.slot
            while chain.api.slot < first + SLOTS:
                whales[chain.api.slot % 3].trade(1)
                chain.faults.add(Fault(fault="skip_slot", times=99))
                await chain.step()
            await step(chain, 5)
            for reached in (1_000, 2_000, 3_000):
                await scanners.start("scanner-a")
                await until_cursor(testbed.database, first + reached)
                await scanners.kill("scanner-a")
                assert await testbed.database.fetchval("SELECT max(slot) FROM cursors") < first + SLOTS
            await scanners.start("scanner-a")
            await until_all_stored(testbed.database, whales)


async def step(chain: SandboxChain, blocks: int) -> None:
    for _ in range(blocks):
        await chain.step()
