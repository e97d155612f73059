"""A PostgreSQL with all migrations: made once in a run, copied by whoever needs one of its own.

To copy it takes a tenth of the processor that it takes to make one.
"""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from runtime.embedded.postgres import EmbeddedPostgres
from storage.migrate import apply_migrations

_CLUSTER = pytest.StashKey[Path]()


def prepared_cluster(config: pytest.Config) -> Path:
    """The data folder of a PostgreSQL that does not run; forks find what their parent has prepared."""
    if _CLUSTER not in config.stash:
        own: Any = config
        folder = own._tmp_path_factory.mktemp("cluster")
        asyncio.run(_prepare(EmbeddedPostgres(folder, durable=False)))
        (folder / "postgres.port").unlink()  # or copies would take each other's port while one is down
        config.stash[_CLUSTER] = folder
    return config.stash[_CLUSTER]


async def _prepare(server: EmbeddedPostgres) -> None:
    await server.start()
    try:
        await asyncio.to_thread(apply_migrations, server.url)
        await asyncio.to_thread(_make_logins_cheap, server.url)
    finally:
        await server.stop()


def _make_logins_cheap(url: str) -> None:
    """Let a login cost one hash in place of 4,096: tests open connections by the thousand."""
    address = urlsplit(url)
    role, password = Identifier(address.username or ""), Literal(address.password)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET scram_iterations = 1")
        connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(role, password))
