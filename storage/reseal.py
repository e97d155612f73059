"""`python -m storage reseal`: seals all again with the first key of SECRETS_KEY, beside a running system.

A row that somebody changes meanwhile keeps what they wrote; whoever writes seals with the newest key anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from domain.errors import DatabaseUnavailable, Misconfigured, SecretUnreadable
from storage.sealing import NO_KEY, Sealer

Connection = psycopg.Connection[tuple[Any, ...]]
_ROWS_AT_ONCE = 500
_SELECT = sql.SQL(
    "SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL AND (%(last)s::text IS NULL OR"
    " {key}::text > %(last)s) ORDER BY {key}::text LIMIT %(limit)s"
)
_UPDATE = sql.SQL("UPDATE {table} SET {column} = %(new)s WHERE {key} = %(key)s AND {column} = %(old)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column of sealed bytes (bytea)."""

    table: str
    column: str
    key: str = "id"
    """The column whose value, as text, is the row for which a secret is sealed."""

    @property
    def name(self) -> str:
        """What `Sealer` calls it."""
        return f"{self.table}.{self.column}"

    def names(self) -> dict[str, sql.Identifier]:
        """Its names for a statement."""
        return {name: sql.Identifier(getattr(self, name)) for name in ("table", "column", "key")}


SEALED_COLUMNS: tuple[SealedColumn, ...] = (
    SealedColumn(table="webhooks", column="url", key="webhook_id"),
    SealedColumn(table="webhooks", column="secret", key="webhook_id"),
    SealedColumn(table="webhooks", column="old_secret", key="webhook_id"),
)
"""Every column that is sealed. Add a row for a new one: what does not stand here is lost with the old key."""


@dataclass(slots=True, kw_only=True)
class Resealed:
    """What came of it."""

    sealed: int = 0
    """Secrets that were sealed again."""
    newest: int = 0
    """Secrets that the newest key had sealed already."""
    unreadable: list[str] = field(default_factory=list)
    """A sentence for each secret that no key opens; it is left as it is."""

    def text(self) -> str:
        """For the operator, what to do included."""
        if self.unreadable:
            end = "Keep all keys until these are mended:"
            return "\n".join(
                [f"sealed anew: {self.sealed}; not opened: {len(self.unreadable)}. {end}", *self.unreadable]
            )
        return (
            f"sealed anew: {self.sealed}, already with the newest key: {self.newest}. Older keys may go now."
        )


def reseal(database_url: str, sealer: Sealer, columns: Sequence[SealedColumn] = SEALED_COLUMNS) -> Resealed:
    """Seal everything with the newest key.

    Args:
        database_url: where the rows are.
        sealer: with the newest key first, and all that were used before behind it.
        columns: the table of what is sealed.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer; what was done stays done, so it may run again.
        Misconfigured: there is no key.
    """
    result = Resealed()
    if not sealer.is_ready:
        raise Misconfigured(NO_KEY)
    try:
        with psycopg.connect(database_url, connect_timeout=10, autocommit=True) as connection:
            for column in columns:
                for key, sealed in _rows(connection, column):
                    _reseal_row(connection, column, sealer, (key, sealed), result)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("PostgreSQL does not answer at DATABASE_URL; is the server up?") from error
    return result


def _rows(connection: Connection, column: SealedColumn) -> Iterator[tuple[Any, bytes]]:
    """Each key and sealed value, some hundred rows at a time."""
    last: str | None = None
    while True:
        values = {"last": last, "limit": _ROWS_AT_ONCE}
        rows = connection.execute(_SELECT.format(**column.names()), values).fetchall()
        yield from ((key, bytes(sealed)) for key, sealed in rows)
        if len(rows) < _ROWS_AT_ONCE:
            return
        last = str(rows[-1][0])


def _reseal_row(
    connection: Connection, column: SealedColumn, sealer: Sealer, row: tuple[Any, bytes], result: Resealed
) -> None:
    key, old = row
    if sealer.is_newest(old):
        result.newest += 1
        return
    try:
        plain = sealer.unseal(old, column=column.name, row=str(key))
    except SecretUnreadable as error:
        result.unreadable.append(str(error))
        return
    new = sealer.seal(plain, column=column.name, row=str(key))
    changed = connection.execute(_UPDATE.format(**column.names()), {"new": new, "old": old, "key": key})
    result.sealed += changed.rowcount
