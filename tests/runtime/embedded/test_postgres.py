from __future__ import annotations

import os
from pathlib import Path

import psutil
import psycopg
import pytest

from runtime.embedded.engine import EmbeddedError
from runtime.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.services


def _setting(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row
    return str(row[0])


async def test_a_commit_is_on_disk_and_nothing_is_weakened(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    await server.start()
    try:
        assert _setting(server.url, "server_version").startswith("18.")
        assert [
            _setting(server.url, name) for name in ("fsync", "synchronous_commit", "full_page_writes")
        ] == ["on"] * 3
        assert _setting(server.url, "server_encoding") == "UTF8"
        assert _setting(server.url, "timezone") == "UTC"
    finally:
        await server.stop()


async def test_the_rest_of_an_interrupted_creation_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "half").touch()
    server = EmbeddedPostgres(tmp_path, durable=False)
    await server.start()
    await server.stop()
    assert not (tmp_path / "postgres.new").exists()
    assert not (tmp_path / "postgres.initial").exists()


async def test_a_stale_pid_file_naming_a_living_stranger_is_no_obstacle(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    await server.start()
    await server.stop()
    stale = f"{os.getppid()}\n{server.folder}\n1\n{server.port}\n\n127.0.0.1\n1 1\nready   \n"
    (server.folder / "postmaster.pid").write_text(stale)
    await server.start()
    await server.stop()


async def test_data_of_another_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    (tmp_path / "postgres.password").write_text("x")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL 17, and this is 18"):
        await EmbeddedPostgres(tmp_path).start()


async def test_a_broken_cluster_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    await server.start()
    await server.stop()
    (server.folder / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"PostgreSQL does not start: .*(pg_control|database system)"):
        await server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
async def test_it_runs_for_root_below_a_folder_that_nobody_else_may_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "data", durable=False)
    await server.start()
    try:
        assert _setting(server.url, "port") == str(server.port)
        assert psutil.Process(server.pid).uids().effective != 0
    finally:
        await server.stop()
