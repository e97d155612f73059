"""Brings a database up to date: each numbered SQL file is applied once, in order, under a lock."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

import psycopg
from yoyo import get_backend, read_migrations
from yoyo.migrations import get_migration_hash

from domain.errors import DatabaseUnavailable, Misconfigured
from storage.postgres import MIGRATIONS

LOCK_SECONDS = 60
BEFORE_0_1_0 = frozenset(
    {
        "0002.scan_sessions",
        "0003.rules",
        "0004.scanners",
        "0005.lanes",
        "0006.heads",
        "0007.outages",
        "0008.strands",
        "0009.pressure",
    }
)
"""Migrations of development versions, whose tables 0001.initial has in another shape."""
FIRST = "0001.initial"
"""A development version had a first migration of this name, too, which made fewer tables."""
_TABLE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
TOO_OLD = (
    "This database was made by a development version before 0.1.0 and cannot be brought up to date: stop the"
    " programs and delete the folder .data, or let DATABASE_URL name an empty database, and start again."
)
POOLED = (
    "DATABASE_URL leads through a pooler such as PgBouncer."
    " Migrate on a direct connection: DATABASE_URL=… make migrate"
)


def apply_migrations(dsn: str) -> list[str]:
    """Apply the missing migrations to the database at `dsn`; many processes may call it at the same time.

    Returns:
        The names of the migrations that this call applied, the oldest first.

    Raises:
        DatabaseUnavailable: the server did not answer; the message holds no password.
        Misconfigured: the tables are of a version before 0.1.0, or there is something to apply and a pooler
            is in between.
    """
    migrations = read_migrations(str(MIGRATIONS))
    try:
        backend = get_backend(_psycopg(dsn))
    except Exception as error:
        raise DatabaseUnavailable("PostgreSQL does not answer at DATABASE_URL; is the server up?") from error
    try:
        if _is_before_0_1_0(dsn, backend.get_applied_migration_hashes()):
            raise Misconfigured(TOO_OLD)
        if backend.to_apply(migrations) and _is_pooled(dsn):
            raise Misconfigured(POOLED)
        with backend.lock(LOCK_SECONDS):
            missing = backend.to_apply(migrations)
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]
    finally:
        backend.connection.close()


def _is_before_0_1_0(dsn: str, applied: Collection[str]) -> bool:
    """Return whether a development version made the tables.

    Then one of its migrations is among the hashes of those that are applied; or a first migration is the
    only one, and tables that ours makes are missing.
    """
    if not {get_migration_hash(name) for name in BEFORE_0_1_0}.isdisjoint(applied):
        return True
    return {*applied} == {get_migration_hash(FIRST)} and not _has_first_tables(dsn)


def _has_first_tables(dsn: str) -> bool:
    """Return whether every table stands there that the first migration makes."""
    made = {*_TABLE.findall((MIGRATIONS / f"{FIRST}.sql").read_text(encoding="utf-8"))}
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return made <= {name for (name,) in rows}


def _is_pooled(dsn: str) -> bool:
    """Whether another server process answers than was named at the start; see `storage/postgres.py`."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        return row is None or row[0] != connection.info.backend_pid


def _psycopg(dsn: str) -> str:
    """The address as the migration library writes it for psycopg 3."""
    return urlunsplit(urlsplit(dsn)._replace(scheme="postgresql+psycopg"))
