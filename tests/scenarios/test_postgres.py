"""Scenarios C for the scanner: what PostgreSQL does wrong while whales act, each by its number."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.observability.metrics import db_retries
from runtime.settings.loading import load_settings
from storage.postgres import Connection
from tests.scanner.world import CHAIN, scanning, until
from tests.scenarios.cut_connections import cutting
from tests.scenarios.own_postgres import OwnTestbed, own_postgres
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.watched_whale import act, until_alerted_once, watching
from tests.scenarios.webhook_server import webhook

pytestmark = pytest.mark.services

RECOVERED_SECONDS = 5.0
SOMEBODY_WAITS = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())
"""


class UndoneError(Exception):
    """What was done is to be undone."""


@pytest.fixture
async def own(testbed: ScannerTestbed, tmp_path: Path, migrated_cluster: Path) -> AsyncIterator[OwnTestbed]:
    async with own_postgres(testbed, tmp_path / "own", cluster=migrated_cluster) as made:
        yield made


@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_scenario_26_a_crash_under_load_loses_and_doubles_nothing(own: OwnTestbed, source: str) -> None:
    async with watching(own.testbed, SCANNER_SOURCE=source) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 20))
        await asyncio.sleep(0.3)
        await own.crash()


async def test_scenario_26_telegram_hears_5xx_while_postgres_is_down_and_200_within_five_seconds(
    own: OwnTestbed,
) -> None:
    async with webhook(own.testbed) as telegram:
        await telegram.until_answered(200)
        await own.kill()
        await telegram.until_answered(503)  # soon: a post is tried again before it is refused
        await own.server.start()
        async with asyncio.timeout(RECOVERED_SECONDS):
            await telegram.until_answered(200)
    assert telegram.answers == {200, 503}
    rows = await own.testbed.database.fetch("SELECT update_id FROM updates")
    assert telegram.taken <= {row["update_id"] for row in rows}


@pytest.mark.parametrize("cut", ["answer", "commit"])
async def test_scenario_27_connections_cut_exactly_at_commit_lose_and_double_nothing(
    testbed: ScannerTestbed, cut: str
) -> None:
    async with cutting(testbed.postgres_url) as (url, cutter), watching(testbed, DATABASE_URL=url) as whale:
        cutter.cuts, cutter.forwards = 5, cut == "answer"
        await act(whale, 10)
        await until(lambda: cutter.cuts == 0)


async def test_scenario_28_one_killed_backend_loses_and_doubles_nothing(own: OwnTestbed) -> None:
    async with watching(own.testbed) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 15))
        await asyncio.sleep(0.2)
        await own.kill_backend()


async def test_scenario_29_after_a_while_without_postgres_everything_is_found(own: OwnTestbed) -> None:
    async with watching(own.testbed) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 40))
        await asyncio.sleep(0.2)
        await own.crash(away=4)


async def test_scenario_30_a_deadlock_is_borne_and_counted(testbed: ScannerTestbed) -> None:
    """Somebody holds the wallet, the scanner the key of what it did, and each wants what the other has."""
    counted = db_retries.labels("DeadlockDetectedError")._value
    before = counted.get()

    async def meddle(connection: Connection) -> None:
        await connection.execute("SELECT FROM wallets FOR UPDATE")
        (signature,) = whale.trade(1)
        while not await connection.fetchval(SOMEBODY_WAITS):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.02)
        await connection.execute(
            "INSERT INTO activity_keys (chain, signature, wallet, activity_index, block_time)"
            " VALUES ($1, $2, $3, 0, now())",
            CHAIN,
            signature,
            whale.address,
        )
        raise UndoneError

    async with watching(testbed, SCANNER_SOURCE="blocks") as whale:
        with pytest.raises(UndoneError):
            await testbed.database.transaction(meddle)
        await until_alerted_once(testbed, whale)
    assert counted.get() > before


async def test_scenario_30_failures_of_serialization_are_borne_and_counted(testbed: ScannerTestbed) -> None:
    """Two scanners write the same where PostgreSQL refuses what others have changed meanwhile."""
    name = testbed.postgres_url.rpartition("/")[2]
    await testbed.database.execute(
        f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"
    )
    counted = db_retries.labels("SerializationError")._value
    before = counted.get()
    second = load_settings(testbed.variables(INSTANCE_ID="scanner-2"))
    async with watching(testbed) as whale, scanning(second):
        await act(whale, 15)
        await until_alerted_once(testbed, whale)
    assert counted.get() > before


async def test_scenario_34_after_a_restore_the_gap_is_read_once_and_nothing_older_is_sent(
    own: OwnTestbed, tmp_path: Path
) -> None:
    """Deeds before the backup stay told; those after it, which the database has forgotten, are told once."""
    async with watching(own.testbed, SCANNER_SOURCE="blocks") as whale:
        await act(whale, 4)
        await until_alerted_once(own.testbed, whale)
        newest = await own.testbed.database.fetchval("SELECT max(alert_id) FROM alerts")
    await own.back_up(tmp_path / "backup")
    async with scanning(load_settings(own.testbed.variables(SCANNER_SOURCE="blocks"))):
        await act(whale, 4)
        await until_alerted_once(own.testbed, whale)
    await own.restore(tmp_path / "backup")
    assert await own.testbed.database.fetchval("SELECT max(alert_id) FROM alerts") == newest
    async with scanning(load_settings(own.testbed.variables(SCANNER_SOURCE="blocks"))):
        await act(whale, 2)
        await until_alerted_once(own.testbed, whale)
    again = await own.testbed.database.fetchval("SELECT count(*) FROM alerts WHERE alert_id <= $1", newest)
    assert again == newest


async def test_scenario_34_a_cursor_from_a_backup_is_read_on_without_any_second_alert(
    testbed: ScannerTestbed,
) -> None:
    async with watching(testbed, SCANNER_SOURCE="blocks") as whale:
        before = await testbed.database.fetchval("SELECT slot FROM cursors WHERE chain = $1", CHAIN)
        await act(whale, 5)
    await testbed.database.execute("UPDATE cursors SET slot = $1", before)
    async with scanning(load_settings(testbed.variables(SCANNER_SOURCE="blocks"))):
        whale.trade(3)
        await until_alerted_once(testbed, whale)
