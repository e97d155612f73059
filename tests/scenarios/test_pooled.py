"""Scenario 32: between every program and PostgreSQL stands a PgBouncer in transaction mode.

`TEST_PGBOUNCER=1 make test` sends the whole suite through one.
"""

import asyncio
from pathlib import Path

import pytest

from domain.jobs import Queue
from storage.postgres import Connection, open_database
from tests.e2e.programs import Servers, running
from tests.e2e.system import config, each_alert_came_once, opened, playing
from tests.scenarios.scanner_processes import (
    ScannerTestbed,
    followed_whales,
    scanner_processes,
    trade_slowly,
    until_all_stored,
)

pytestmark = [pytest.mark.services, pytest.mark.e2e]

CHAIN_TO_CHAT = ("scanner", "dispatcher", "notifications")


async def test_scenario_32_a_pooler_is_noticed_and_nothing_is_left_in_a_session(pooled_url: str) -> None:
    database = await open_database(pooled_url, max_size=8)

    async def both(connection: Connection) -> tuple[int, int]:
        first = await connection.fetchval("SELECT pg_backend_pid() FROM pg_sleep(0.02)")  # others need more
        return first, await connection.fetchval("SELECT pg_backend_pid() + $1::int", 0)

    async def ask(number: int) -> int:
        found = await database.fetchval("SELECT $1::int", number)
        assert found == number
        first, second = await database.transaction(both)
        assert first == second
        return int(first)

    try:
        served = [await asyncio.gather(*(ask(number) for number in range(40))) for _ in range(3)]
    finally:
        await database.close()
    assert len({pid for pids in served for pid in pids}) > 1


async def test_scenario_32_alerts_reach_every_chat_once_through_a_pooler(
    pooled_url: str, valkey_url: str, tmp_path: Path
) -> None:
    servers = Servers(postgres_url=pooled_url, valkey_url=valkey_url)
    async with playing(servers, tmp_path, CHAIN_TO_CHAT, setting=config(whales=10)) as system:
        chats = await system.follow_all()
        since = system.driver.last_seq
        async with asyncio.TaskGroup() as group:
            group.create_task(system.trade(4))
            await system.until_received(10, since=since)
            dead = await system.programs.kill("notifications")
        await system.programs.again("notifications", dead)
        await system.until_finished(40)
        await each_alert_came_once(system, chats, since=since)
        for name in CHAIN_TO_CHAT:
            assert "prepared statement" not in system.programs.log(name).read_text()


async def test_scenario_32_commands_and_questions_are_answered_through_a_pooler(
    pooled_url: str, valkey_url: str, tmp_path: Path
) -> None:
    servers = Servers(postgres_url=pooled_url, valkey_url=valkey_url)
    async with opened(servers, tmp_path) as system:
        names = ("bot", "dispatcher", Queue.SECURITY_SCAN, Queue.BALANCE_CHECK)
        children = [system.programs.make(name) for name in names]
        alice, simulation = system.driver.add_person("Alice"), system.sandbox.simulation
        async with running(system.programs, children):
            await system.driver.send(alice, f"/watch {simulation.whales[0].address} Moby", until="Moby")
            await system.driver.send(alice, f"/balance {simulation.whales[0].address}", until="SOL")
            since = system.driver.last_seq
            await system.driver.send(alice, f"/scan {simulation.tokens[0].mint}", until="can")
            await system.until_edited(1, since=since)


@pytest.mark.parametrize("mode", ["sharded", "leader"])
async def test_scenario_32_scanners_share_and_lead_through_a_pooler(
    mode: str, testbed: ScannerTestbed, pooled_url: str
) -> None:
    whales = await followed_whales(testbed.chain, testbed.database, 6)
    async with scanner_processes(testbed, SCANNER_MODE=mode, DATABASE_URL=pooled_url) as scanners:
        await scanners.start("scanner-a", "scanner-b")
        await scanners.until_up("scanner-a", "scanner-b")
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whales, 8))
            await asyncio.sleep(0.2)
            await scanners.kill("scanner-a")
        await until_all_stored(testbed.database, whales)
