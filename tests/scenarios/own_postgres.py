"""A PostgreSQL that one scenario has for itself, to be hurt."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import psutil

from runtime.embedded.postgres import EmbeddedPostgres
from storage.backup import back_up, restore
from storage.migrate import apply_migrations
from storage.postgres import TRANSIENT, open_database
from tests.e2e.waiting import until
from tests.scenarios.scanner_processes import ScannerTestbed


class OwnTestbed:
    """A place with a PostgreSQL of its own."""

    def __init__(self, testbed: ScannerTestbed, server: EmbeddedPostgres) -> None:
        self.testbed = testbed
        self.server = server

    async def kill(self) -> None:
        """kill -9 of the whole server."""
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)
        await self.server.died()

    async def crash(self, away: float = 0.0) -> None:
        """The same, and its start after a while."""
        await self.kill()
        await asyncio.sleep(away)
        await self.server.start()

    async def back_up(self, folder: Path) -> None:
        """Keep a copy of all that is stored now, as `make backup` does."""
        redis_url = self.testbed.valkey_url
        await asyncio.to_thread(back_up, folder, database_url=self.server.url, redis_url=redis_url)

    async def restore(self, folder: Path) -> None:
        """Let the copy be what is stored, as `make restore` does."""
        redis_url = self.testbed.valkey_url
        await asyncio.to_thread(restore, folder, database_url=self.server.url, redis_url=redis_url)

    async def kill_backend(self) -> None:
        """kill -9 of one server process that works for the scanner: PostgreSQL ends all the others too.

        Returns when PostgreSQL has recovered and takes connections again.
        """
        pid = await self.testbed.database.fetchval(
            "SELECT max(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not psutil.pid_exists(pid))
        await until(self._takes_connections)

    async def _takes_connections(self) -> bool:
        try:
            connection = await asyncpg.connect(self.server.url)
        except TRANSIENT:
            return False
        await connection.close()
        return True


@asynccontextmanager
async def own_postgres(
    testbed: ScannerTestbed, folder: Path, *, cluster: Path | None = None
) -> AsyncIterator[OwnTestbed]:
    """The same place, but for the database: in `folder`, new or a copy of a migrated `cluster`."""
    server = EmbeddedPostgres(folder)
    if cluster is not None:
        await asyncio.to_thread(shutil.copytree, cluster, folder, dirs_exist_ok=True)
    await server.start()
    if cluster is None:
        await asyncio.to_thread(apply_migrations, server.url)
    database = await open_database(server.url)
    try:
        yield OwnTestbed(replace(testbed, database=database, postgres_url=server.url), server)
    finally:
        await database.close()
        await server.stop()
