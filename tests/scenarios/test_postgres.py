"""Scenarios C for the scanner: what PostgreSQL does wrong while whales act, each by its number."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from runtime.settings import load_settings
from sandbox.chain.server import SandboxChain
from storage.migrate import apply_migrations
from storage.postgres import open_database
from tests.scanner.scene import CHAIN, scanning
from tests.scenarios.cutting import cutting
from tests.scenarios.fleet import Place
from tests.scenarios.stage import act, until_told_once, watching

pytestmark = pytest.mark.services


class OwnPlace:
    """A place with a PostgreSQL of its own, to be hurt."""

    def __init__(self, place: Place, server: EmbeddedPostgres) -> None:
        self.place = place
        self._server = server

    async def crash(self, away: float = 0.0) -> None:
        """kill -9 of the whole server, and its start after a while."""
        assert self._server.pid is not None
        os.kill(self._server.pid, signal.SIGKILL)
        await self._server.died()
        await asyncio.sleep(away)
        await self._server.start()

    async def kill_backend(self) -> None:
        """kill -9 of one server process that works for the scanner: PostgreSQL ends all the others too."""
        pid = await self.place.database.fetchval(
            "SELECT max(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
async def own(chain: SandboxChain, valkey_url: str, tmp_path: Path) -> AsyncIterator[OwnPlace]:
    server = EmbeddedPostgres(tmp_path)
    await server.start()
    await asyncio.to_thread(apply_migrations, server.url)
    database = await open_database(server.url)
    place = Place(
        chain=chain, database=database, postgres_url=server.url, valkey_url=valkey_url, folder=tmp_path
    )
    yield OwnPlace(place, server)
    await database.close()
    await server.stop()


@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_scenario_26_a_crash_under_load_loses_and_doubles_nothing(own: OwnPlace, source: str) -> None:
    async with watching(own.place, SCANNER_SOURCE=source) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 20))
        await asyncio.sleep(0.3)
        await own.crash()


@pytest.mark.parametrize("lost", ["answer", "commit"])
async def test_scenario_27_connections_cut_exactly_at_commit_lose_and_double_nothing(
    place: Place, lost: str
) -> None:
    async with cutting(place.postgres_url) as (url, cutter), watching(place, DATABASE_URL=url) as whale:
        cutter.cuts, cutter.forwards = 5, lost == "answer"
        await act(whale, 10)
        assert cutter.cuts == 0


async def test_scenario_28_one_killed_backend_loses_and_doubles_nothing(own: OwnPlace) -> None:
    async with watching(own.place) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 15))
        await asyncio.sleep(0.2)
        await own.kill_backend()


async def test_scenario_29_after_a_while_without_postgres_everything_is_found(own: OwnPlace) -> None:
    async with watching(own.place) as whale, asyncio.TaskGroup() as group:
        group.create_task(act(whale, 40))
        await asyncio.sleep(0.2)
        await own.crash(away=4)


async def test_scenario_34_a_cursor_from_a_backup_is_read_on_without_any_second_alert(place: Place) -> None:
    async with watching(place, SCANNER_SOURCE="blocks") as whale:
        before = await place.database.fetchval("SELECT slot FROM cursors WHERE chain = $1", CHAIN)
        await act(whale, 5)
    await place.database.execute("UPDATE cursors SET slot = $1", before)
    async with scanning(load_settings(place.variables(SCANNER_SOURCE="blocks"))):
        whale.trade(3)
        await until_told_once(place, whale)
