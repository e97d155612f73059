"""Scenario 31: the disk under PostgreSQL is full. Nothing is called stored that is not."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from domain.errors import DatabaseUnavailable
from runtime.observability.metrics import db_retries
from tests.scenarios.own_postgres import OwnTestbed, own_postgres
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.small_disk import CannotMountError, SmallDisk, small_disk
from tests.scenarios.watched_whale import act, until_alerted_once, watching
from tests.scenarios.webhook_server import webhook

pytestmark = pytest.mark.services


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    try:
        with small_disk(tmp_path_factory.mktemp("small") / "disk") as mounted:
            yield mounted
    except CannotMountError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("full", ["tables", "journal"])
async def test_scenario_31_on_a_full_disk_nothing_is_called_stored_and_room_mends_it(
    full: str, testbed: ScannerTestbed, disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    async with own_postgres(testbed, disk.folder) as own, webhook(own.testbed) as telegram:
        refused = db_retries.labels("DiskFullError")._value
        before = refused.get()
        async with watching(own.testbed, SCANNER_SOURCE="blocks") as whale:
            await telegram.until_answered(200)
            disk.fill()
            await telegram.until_answered(503)
            if full == "journal":
                await fill_journal(own)
            await act(whale, 20)
            assert await telegram.post() == 503
            disk.clear()
            if own.server.pid is None:  # as whoever watches over it does
                await own.server.start()
            await telegram.until_answered(200)
            await until_alerted_once(own.testbed, whale)
        rows = await own.testbed.database.fetch("SELECT update_id FROM updates")
        assert telegram.taken <= {row["update_id"] for row in rows}
        assert refused.get() > before
        assert "An update was not stored" in caplog.text


async def fill_journal(own: OwnTestbed) -> None:
    """Ask for a new piece of it, for which there is no room: PostgreSQL ends itself."""
    with suppress(DatabaseUnavailable):
        await own.testbed.database.execute("SELECT pg_switch_wal()")
        await own.testbed.database.execute("UPDATE cursors SET slot = slot")
    async with asyncio.timeout(20):
        await own.server.died()
