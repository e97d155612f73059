"""Brings a database up to date: numbered SQL files, applied once each, in order, under a lock."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from yoyo import get_backend, read_migrations

from domain.errors import DatabaseUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_SECONDS = 60


def apply_migrations(dsn: str) -> list[str]:
    """Apply what is missing to the database at `dsn`; safe to run from many processes at once.

    Returns:
        The names of the migrations that were applied now, oldest first.

    Raises:
        DatabaseUnavailable: the server did not answer; the message holds no password.
    """
    migrations = read_migrations(str(MIGRATIONS))
    try:
        backend = get_backend(_psycopg(dsn))
    except Exception as error:
        raise DatabaseUnavailable("PostgreSQL does not answer at DATABASE_URL; is the server up?") from error
    try:
        with backend.lock(LOCK_SECONDS):
            missing = backend.to_apply(migrations)
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]
    finally:
        backend.connection.close()


def _psycopg(dsn: str) -> str:
    """The same address in the words of the migration library, which drives psycopg 3."""
    return urlunsplit(urlsplit(dsn)._replace(scheme="postgresql+psycopg"))
