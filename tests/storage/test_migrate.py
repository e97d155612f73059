"""Migrations: numbered without holes, repeatable, and safe to start from several processes."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from yoyo import get_backend, read_migrations

from domain.errors import DatabaseUnavailable, Misconfigured
from storage.migrate import BEFORE_0_1_0, FIRST, apply_migrations
from storage.postgres import MIGRATIONS, Database

COLUMNS = """
SELECT table_name || '.' || column_name AS name, data_type, is_nullable,
       (is_nullable = 'YES' OR column_default IS NOT NULL
        OR is_identity = 'YES' OR is_generated = 'ALWAYS') AS optional
FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '%yoyo%'
"""
FUNCTIONS = "SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
CONSTRAINTS = """
SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS name, conrelid::regclass::text AS relation
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT indrelid::regclass || ' UNIQUE ' || pg_get_indexdef(indexrelid), indrelid::regclass::text
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND relnamespace = 'public'::regnamespace
"""


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


def test_a_server_that_is_away_is_reported_without_the_password() -> None:
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


@pytest.mark.services
@pytest.mark.parametrize("name", sorted(BEFORE_0_1_0))
async def test_a_database_of_a_version_before_0_1_0_is_refused_with_what_to_do(
    name: str, direct_url: str, database: Database
) -> None:
    await database.execute(
        "UPDATE _yoyo_migration SET migration_id = $1, migration_hash = $2", name, _hash(name)
    )
    with pytest.raises(Misconfigured, match=r"delete the folder \.data, or let DATABASE_URL name an empty"):
        await asyncio.to_thread(apply_migrations, direct_url)


@pytest.mark.services
async def test_a_database_that_has_only_the_first_migration_of_such_a_version_is_refused_too(
    direct_url: str, database: Database, tmp_path: Path
) -> None:
    await database.execute("DROP SCHEMA public CASCADE")
    await database.execute("CREATE SCHEMA public")
    tables = "CREATE TABLE chats (id bigint PRIMARY KEY);\nCREATE TABLE cursors (slot bigint NOT NULL);"
    (tmp_path / f"{FIRST}.sql").write_text(tables)
    await asyncio.to_thread(_apply, direct_url, tmp_path)
    with pytest.raises(Misconfigured, match=r"delete the folder \.data, or let DATABASE_URL name an empty"):
        await asyncio.to_thread(apply_migrations, direct_url)
    assert await database.fetchval("SELECT count(*) FROM pg_tables WHERE tablename = 'deliveries'") == 0


def _apply(dsn: str, folder: Path) -> None:
    backend = get_backend(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    backend.apply_migrations(read_migrations(str(folder)))
    backend.connection.close()


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.mark.services
async def test_a_database_that_is_a_migration_ahead_is_left_as_it_is(
    direct_url: str, database: Database
) -> None:
    await database.execute(
        "INSERT INTO _yoyo_migration (migration_id, migration_hash, applied_at_utc) VALUES ($1, $2, now())",
        "0999.later",
        _hash("0999.later"),
    )
    assert await asyncio.to_thread(apply_migrations, direct_url) == []


LATER = [path.name for path in sorted(MIGRATIONS.glob("*.sql"))[1:]]
Shape = Mapping[str, Mapping[str, object]]


async def shape(database: Database, statement: str) -> Shape:
    return {row["name"]: dict(row) for row in await database.fetch(statement)}


@pytest.mark.services
@pytest.mark.parametrize(
    "newest", LATER or [pytest.param("", marks=pytest.mark.skip("needs a second migration"))]
)
async def test_scenario_33_a_migration_takes_nothing_away_and_demands_nothing_of_the_version_before(
    newest: str, direct_url: str, database: Database
) -> None:
    await database.execute("DROP SCHEMA public CASCADE")
    await database.execute("CREATE SCHEMA public")
    await asyncio.to_thread(apply_below, direct_url, newest)
    columns, functions = await shape(database, COLUMNS), await shape(database, FUNCTIONS)
    constraints, tables = await shape(database, CONSTRAINTS), {name.partition(".")[0] for name in columns}
    await asyncio.to_thread(apply_below, direct_url, newest, inclusive=True)
    after = await shape(database, COLUMNS)
    assert columns.keys() <= after.keys(), "a column is gone"
    assert {name: after[name]["data_type"] for name in columns} == {
        name: column["data_type"] for name, column in columns.items()
    }
    assert functions.keys() <= (await shape(database, FUNCTIONS)).keys(), "a function is gone"
    on_old_tables = {name for name in after if name.partition(".")[0] in tables}
    demanded = {name for name in on_old_tables if not after[name]["optional"]}
    assert demanded <= {name for name, column in columns.items() if not column["optional"]}
    added = {
        name: row for name, row in (await shape(database, CONSTRAINTS)).items() if name not in constraints
    }
    assert [name for name, row in added.items() if narrows(name) and row["relation"] in tables] == []


def narrows(constraint: str) -> bool:
    """Whether rows that were fine may be refused now; PostgreSQL 18 tells NOT NULL as a constraint, too."""
    return not re.search(r" NOT NULL ", constraint)


def apply_below(dsn: str, newest: str, *, inclusive: bool = False) -> None:
    backend = get_backend(dsn.replace("postgresql://", "postgresql+psycopg://"))
    known = read_migrations(str(MIGRATIONS))
    wanted = known.filter(lambda one: f"{one.id}.sql" < newest or (inclusive and f"{one.id}.sql" == newest))
    with backend.lock():
        backend.apply_migrations(backend.to_apply(wanted))
    backend.connection.close()
