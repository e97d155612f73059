"""Programs that are started before the servers that they need."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from runtime.embedded.ports import free_port, free_ports
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.settings.loading import unset_settings
from storage.migrate import apply_migrations
from tests.forking import forked

pytestmark = [pytest.mark.services, pytest.mark.e2e]

PASSWORD = "known-before-the-server-starts"


async def test_scenario_93_and_92_programs_that_start_before_their_servers_become_ready_by_themselves(
    tmp_path: Path,
) -> None:
    port, redis = free_ports(2)
    (tmp_path / "postgres.port").write_text(f"{port}\n")
    (tmp_path / "postgres.password").write_text(PASSWORD)
    server, monitor = EmbeddedPostgres(tmp_path, durable=False), free_port()
    settings = unset_settings() | {
        "DATABASE_URL": f"postgresql://whale:{PASSWORD}@127.0.0.1:{port}/whale",
        "REDIS_URL": f"redis://127.0.0.1:{redis}/0",  # nobody ever listens there
        "METRICS_PORT": str(monitor),
    }
    async with forked(["workers", "dispatcher"], settings) as program, stopped_at_last(server):
        await _until(monitor, "/live", 200)
        assert await _status(monitor, "/ready") == 503
        await server.start()
        assert server.port == port
        assert await _status(monitor, "/ready") == 503  # its tables are not there yet
        await asyncio.to_thread(apply_migrations, settings["DATABASE_URL"])
        await _until(monitor, "/ready", 200)
        await server.stop()
        await _until(monitor, "/ready", 503)
        assert await _status(monitor, "/live") == 200  # no server elsewhere is a reason to restart it
        program.send_signal(signal.SIGTERM)
        assert await program.ended() == 0


@asynccontextmanager
async def stopped_at_last(server: EmbeddedPostgres) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await server.stop()


async def _status(port: int, path: str) -> int | None:
    """The status of an answer; None: nobody listens."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}{path}") as answer,
        ):
            return answer.status
    except aiohttp.ClientError:
        return None


async def _until(port: int, path: str, status: int) -> None:
    async with asyncio.timeout(30):
        while await _status(port, path) != status:  # noqa: ASYNC110 - an answer raises no event
            await asyncio.sleep(0.05)
