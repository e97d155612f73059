"""Whoever needs a PostgreSQL of its own gets a copy of one that was prepared once."""

import shutil
from pathlib import Path

import psycopg
import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from storage.migrate import apply_migrations
from tests.prepared import prepared_cluster

pytestmark = pytest.mark.services


async def test_a_copy_has_all_migrations_and_nothing_of_another_copy(
    migrated_cluster: Path, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        server = EmbeddedPostgres(shutil.copytree(migrated_cluster, tmp_path / name), durable=False)
        await server.start()
        try:
            assert apply_migrations(server.url) == []
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("CREATE TABLE of_this_copy ()")
        finally:
            await server.stop()


def test_it_is_made_once(migrated_cluster: Path, pytestconfig: pytest.Config) -> None:
    assert prepared_cluster(pytestconfig) is migrated_cluster


async def test_a_copy_that_is_down_for_a_moment_loses_its_port_to_no_other(
    migrated_cluster: Path, tmp_path: Path
) -> None:
    first, second = (
        EmbeddedPostgres(shutil.copytree(migrated_cluster, tmp_path / name), durable=False)
        for name in ("first", "second")
    )
    await first.start()
    port = first.port
    await first.stop()
    await second.start()
    try:
        assert second.port != port
    finally:
        await second.stop()
