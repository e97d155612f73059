"""Migrations: numbered without holes, repeatable, and safe to start from several processes."""

import asyncio
import re

import pytest

from domain.errors import DatabaseUnavailable, Misconfigured
from storage.migrate import MIGRATIONS, apply_migrations
from storage.postgres import Database


def test_migrations_are_numbered_without_holes() -> None:
    numbers = sorted(int(path.name[:4]) for path in MIGRATIONS.glob("*.sql"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(re.fullmatch(r"\d{4}\.[a-z_]+\.sql", path.name) for path in MIGRATIONS.glob("*.sql"))


@pytest.mark.services
async def test_a_second_run_applies_nothing(direct_url: str, database: Database) -> None:
    assert await asyncio.to_thread(apply_migrations, direct_url) == []
    assert await database.fetchval("SELECT count(*) FROM deliveries") == 0


@pytest.mark.services
async def test_two_runs_at_once_apply_everything_once(direct_url: str, database: Database) -> None:
    await database.execute("DROP SCHEMA public CASCADE")
    await database.execute("CREATE SCHEMA public")
    runs = await asyncio.gather(*(asyncio.to_thread(apply_migrations, direct_url) for _ in range(2)))
    assert sorted(map(len, runs)) == [0, len(list(MIGRATIONS.glob("*.sql")))]


def test_a_server_that_is_away_is_said_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        apply_migrations("postgresql://whale:hunter2@127.0.0.1:1/whale")
    assert "hunter2" not in str(caught.value)


@pytest.mark.services
async def test_a_pooler_is_refused_where_there_is_something_to_apply(
    pooled_url: str, database: Database
) -> None:
    assert await asyncio.to_thread(apply_migrations, pooled_url) == []
    await database.execute("DROP SCHEMA public CASCADE")
    await database.execute("CREATE SCHEMA public")
    with pytest.raises(Misconfigured, match="direct connection"):
        await asyncio.to_thread(apply_migrations, pooled_url)
