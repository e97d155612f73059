"""Brings a database up to date: numbered SQL files, applied once each, in order, under a lock."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from yoyo import get_backend, read_migrations

from domain.errors import DatabaseUnavailable, Misconfigured

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_SECONDS = 60
POOLED = (
    "DATABASE_URL leads through a pooler such as PgBouncer."
    " Migrate on a direct connection: DATABASE_URL=… make migrate"
)


def apply_migrations(dsn: str) -> list[str]:
    """Apply what is missing to the database at `dsn`; safe to run from many processes at once.

    Returns:
        The names of the migrations that were applied now, oldest first.

    Raises:
        DatabaseUnavailable: the server did not answer; the message holds no password.
        Misconfigured: there is a pooler in between, and something to apply.
    """
    migrations = read_migrations(str(MIGRATIONS))
    try:
        backend = get_backend(_psycopg(dsn))
    except Exception as error:
        raise DatabaseUnavailable("PostgreSQL does not answer at DATABASE_URL; is the server up?") from error
    try:
        if backend.to_apply(migrations) and _is_pooled(dsn):
            raise Misconfigured(POOLED)
        with backend.lock(LOCK_SECONDS):
            missing = backend.to_apply(migrations)
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]
    finally:
        backend.connection.close()


def _is_pooled(dsn: str) -> bool:
    """Whether another server process answers than the one we were told of; see `storage/postgres.py`."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        return row is None or row[0] != connection.info.backend_pid


def _psycopg(dsn: str) -> str:
    """The same address in the words of the migration library, which drives psycopg 3."""
    return urlunsplit(urlsplit(dsn)._replace(scheme="postgresql+psycopg"))
