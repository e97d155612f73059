"""What holds for both servers."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from runtime.clock import monotonic
from runtime.embedded.engine import EmbeddedError, InUseError
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.processes import leftovers
from runtime.embedded.server import EmbeddedServer
from runtime.embedded.valkey import EmbeddedValkey

Kind = type[EmbeddedPostgres] | type[EmbeddedValkey]

pytestmark = pytest.mark.services

_OWNER = """
import asyncio, sys, time
from pathlib import Path
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
kinds = {"EmbeddedPostgres": EmbeddedPostgres, "EmbeddedValkey": EmbeddedValkey}
server = kinds[sys.argv[1]](Path(sys.argv[2]))
asyncio.run(server.start())
print(server.pid, server.url, flush=True)
time.sleep(60)
"""


@pytest.fixture(params=[EmbeddedPostgres, EmbeddedValkey])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
async def server(kind: Kind, tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    started = kind(tmp_path / "da ta", durable=False)
    await started.start()
    yield started
    await started.stop()


def _write(url: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept ()")
    else:
        with redis.Redis.from_url(url) as client:
            client.set("kept", 1)


def _is_kept(url: str) -> bool:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)
    with redis.Redis.from_url(url) as client:
        return bool(client.exists("kept"))


async def test_what_is_written_is_kept_between_runs_at_the_same_address(server: EmbeddedServer) -> None:
    url = server.url
    _write(url)
    await server.stop()
    assert server.pid is None
    await server.start()
    assert server.url == url
    assert _is_kept(url)


@pytest.mark.measures
async def test_the_second_start_takes_less_than_a_second(server: EmbeddedServer) -> None:
    await server.stop()
    began = monotonic()
    await server.start()
    assert monotonic() - began < 1


async def test_a_killed_server_starts_again_with_its_data(server: EmbeddedServer) -> None:
    _write(server.url)
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        assert await server.died() == -signal.SIGKILL
    await server.start()
    assert _is_kept(server.url)


async def test_a_port_taken_by_another_program_is_left_to_it(server: EmbeddedServer) -> None:
    port = server.port
    await server.stop()
    with socket.create_server(("127.0.0.1", port)):
        await server.start()
    assert server.port != port
    _write(server.url)


async def test_no_two_servers_work_on_one_folder(server: EmbeddedServer, kind: Kind) -> None:
    second = kind(server.folder.parent)
    with pytest.raises(InUseError, match=f"process {os.getpid()}"):
        await second.start()
    _write(server.url)


async def test_only_loopback_is_listened_on_and_only_with_the_password(server: EmbeddedServer) -> None:
    assert server.pid
    listening = {
        link.laddr.ip for link in psutil.Process(server.pid).net_connections() if link.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}
    password = server.url.rpartition("@")[0].rpartition(":")[2]
    assert len(password) >= 24
    with pytest.raises((psycopg.OperationalError, redis.AuthenticationError)):
        _write(server.url.replace(password, "wrong"))
    assert password not in " ".join(psutil.Process(server.pid).cmdline())


async def test_its_password_can_be_read_by_its_owner_only(server: EmbeddedServer) -> None:
    file = server.folder.parent / f"{server.kind.short}.password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


async def test_a_lost_password_file_is_replaced(server: EmbeddedServer) -> None:
    old = server.url
    _write(old)
    await server.stop()
    (server.folder.parent / f"{server.kind.short}.password").unlink()
    await server.start()
    assert server.url != old
    assert _is_kept(server.url)


def _runs(pid: int) -> bool:
    """Return whether it is more than a name that whoever inherited it has not struck off yet."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_server_dies_with_a_killed_owner_and_its_folder_can_be_used_again(
    kind: Kind, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _OWNER, kind.__name__, str(tmp_path)]
    owner = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=Path(__file__).parents[3])
    assert owner.stdout is not None
    pid, url = (await owner.stdout.readline()).decode().split()
    await asyncio.to_thread(_write, url)
    owner.kill()
    await owner.wait()
    again = kind(tmp_path)
    await again.start()
    try:
        assert not _runs(int(pid))
        assert _is_kept(again.url)
    finally:
        await again.stop()


async def test_a_server_left_behind_is_stopped_first(server: EmbeddedServer, kind: Kind) -> None:
    _write(server.url)
    server._lock.release()  # as when its owner was killed, and the kernel did not tell the server
    second = kind(server.folder.parent)
    await second.start()
    try:
        assert server.pid is None
        found = leftovers(frozenset({server.kind.process}), server.folder)
        assert second.pid in {process.pid for process in found}
        assert _is_kept(second.url)
    finally:
        await second.stop()


async def test_a_file_where_the_folder_should_be_is_reported(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="DATA_DIR"):
        await kind(tmp_path / "file").start()


async def test_a_log_grown_too_long_is_moved_away(server: EmbeddedServer) -> None:
    await server.stop()
    os.truncate(server.log, 10_000_001)
    await server.start()
    assert server.log.stat().st_size < 10_000
    assert server.log.with_suffix(".log.1").exists()
