"""Access to PostgreSQL: one pool, a time-out for everything, and another try after faults that pass.

Every statement of this package may be repeated, since nobody knows what became of a COMMIT whose answer did
not come. No statement leaves anything in its session, so a PgBouncer in transaction mode may be in between.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import asyncpg

from domain.backoff import Backoff
from domain.errors import DatabaseUnavailable
from runtime.clock import monotonic
from runtime.observability.metrics import db_pool_connections, db_pool_connections_max, db_retries
from runtime.processes.lifecycle import Stop
from storage.statements import observe_statement

log = logging.getLogger(__name__)

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Row = asyncpg.Record
T = TypeVar("T")

CONNECT_SECONDS = 10.0
STATEMENT_SECONDS = 30.0
IDLE_SECONDS = 5
"""The server ends a transaction that is idle for this long: its process is stopped or its host is gone, and
others need what it has locked (a lease, a chat, an alert)."""
ACQUIRE_SECONDS = 10.0
TRIES = 4
FIRST_PAUSE = 0.1
MIGRATIONS = Path(__file__).parent / "migrations"
_STARTING = Backoff(first_wait=0.25, factor=1.5, max_wait=5.0)
_IDLE = "idle_in_transaction_session_timeout"

TRANSIENT = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # raised if the server ends a connection between two states
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionTimeoutError,
)


_APPLIED = "SELECT true FROM _yoyo_migration WHERE migration_id = $1"


class Database:
    """A pool of connections; each statement is tried again after faults that pass.

    Each method raises DatabaseUnavailable after the last try; the message holds no address.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, pooled: bool = False) -> None:
        self._pool = pool
        self._pooled = pooled
        """Whether a pooler is in between; its sessions are shared with others."""
        self._full_at = float("-inf")

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """All rows of one statement that may be repeated."""

        async def work(connection: Connection) -> list[Row]:
            return await connection.fetch(sql, *arguments)

        return await self._try(work)

    async def fetchrow(self, sql: str, *arguments: object) -> Row | None:
        """The first row of one statement that may be repeated, if any."""
        rows = await self.fetch(sql, *arguments)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *arguments: object) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetchrow(sql, *arguments)
        return None if row is None else row[0]

    async def execute(self, sql: str, *arguments: object) -> str:
        """Run one statement that may be repeated; the command tag, such as `UPDATE 3`."""

        async def work(connection: Connection) -> str:
            return await connection.execute(sql, *arguments)

        return await self._try(work)

    async def transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` in one transaction; after a fault that passes, from its beginning again."""

        async def whole(connection: Connection) -> T:
            async with connection.transaction():
                if self._pooled:
                    await connection.execute(f"SET LOCAL {_IDLE} = '{IDLE_SECONDS}s'")
                return await work(connection)

        return await self._try(whole)

    async def repeatable(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run one statement that may be repeated, without a transaction; again after faults that pass."""
        return await self._try(work)

    def was_full(self, seconds: float) -> bool:
        """Whether PostgreSQL has refused something of this process for want of disk space, so recently."""
        return monotonic() - self._full_at < seconds

    async def close(self) -> None:
        """Close all connections; those that are busy after the time-out are cut."""
        if not self._pool.is_closing():
            db_pool_connections_max.dec(self._pool.get_max_size())
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _try(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        for attempt in range(TRIES):
            connected = False
            try:
                async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                    connected = True
                    with db_pool_connections.track_inprogress():
                        return await work(connection)
            except (*TRANSIENT, asyncpg.PostgresError) as error:
                # A server that lets nobody in (it starts, is restored, takes no connections) is unavailable
                # for now, whatever it names as the reason.
                if connected and not isinstance(error, TRANSIENT):
                    raise
                if isinstance(error, asyncpg.DiskFullError):
                    self._full_at = monotonic()
                if attempt == TRIES - 1:
                    raise DatabaseUnavailable(f"PostgreSQL: {type(error).__name__}") from error
                db_retries.labels(type(error).__name__).inc()
                await asyncio.sleep(Backoff(first_wait=FIRST_PAUSE).ceiling(attempt + 1))
        raise AssertionError  # the loop returns or raises


async def wait_for_database(dsn: str, stop: Stop) -> bool:
    """Wait until PostgreSQL answers and has the newest migration; False: the stop came first.

    So programs may be started before their servers; what is missing stands in the log, without an address.
    """
    failures = 0
    while not stop.is_set():
        missing = await _missing(dsn)
        if not missing:
            return True
        failures += 1
        log.warning("Nothing is done yet: %s", missing)
        await stop.sleep(_STARTING.wait(failures, random.random()))  # noqa: S311 - spreads the tries
    return False


async def _missing(dsn: str) -> str:
    """Why nothing can be done with a database yet; empty: all is there."""
    newest = max(path.stem for path in MIGRATIONS.glob("*.sql"))
    try:
        connection = await asyncpg.connect(
            dsn, timeout=CONNECT_SECONDS, command_timeout=CONNECT_SECONDS, statement_cache_size=0
        )
        try:
            found = await connection.fetchval(_APPLIED, newest)
        finally:
            with contextlib.suppress(*TRANSIENT):
                await connection.close(timeout=1)
    except asyncpg.UndefinedTableError:
        found = None
    except (*TRANSIENT, asyncpg.PostgresError) as error:
        return f"PostgreSQL does not answer at DATABASE_URL ({type(error).__name__}); is the server up?"
    return "" if found else f"the database has no migration {newest} yet; run `make migrate`"


async def open_database(dsn: str, *, min_size: int = 1, max_size: int = 10) -> Database:
    """Connect to PostgreSQL, directly or through a PgBouncer, which it recognises.

    Args:
        dsn: postgresql://…
        min_size: connections kept open.
        max_size: connections at most.

    Raises:
        DatabaseUnavailable: no connection could be made; the message holds no address.
    """
    try:
        pooled = await _may_be_pooled(dsn, needed=min_size > 0)
        pool = await asyncpg.create_pool(
            dsn,
            min_size=min_size,
            max_size=max(min_size, max_size),
            timeout=CONNECT_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            init=_observe,
            reset=_leave_session,
            statement_cache_size=0 if pooled else 100,
            server_settings=None if pooled else {_IDLE: f"{IDLE_SECONDS}s"},
        )
    except (*TRANSIENT, asyncpg.PostgresError) as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not answer at DATABASE_URL ({type(error).__name__}); is the server up?"
        ) from error
    db_pool_connections_max.inc(pool.get_max_size())
    return Database(pool, pooled=pooled)


async def _observe(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Count the time of each statement on a new connection."""
    connection.add_query_logger(observe_statement)


async def _leave_session(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Reset nothing: no statement leaves anything in the session, so a round trip is saved."""


async def _may_be_pooled(dsn: str, *, needed: bool) -> bool:
    """Return whether to expect a pooler; also if the server is unavailable and is not needed yet."""
    try:
        return await _is_pooled(dsn)
    except (*TRANSIENT, asyncpg.PostgresError):
        if needed:
            raise
        return True


async def _is_pooled(dsn: str) -> bool:
    """Return whether another server process answers than the one that was named when we connected.

    A pooler makes that number up, and another process may run the next transaction. Then nothing may be
    prepared for later statements, and no parameter of the session may be set.
    """
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=CONNECT_SECONDS, statement_cache_size=0
    )
    try:
        return bool(await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid())
    finally:
        with contextlib.suppress(*TRANSIENT):  # it is not needed any more, however it ends
            await connection.close(timeout=1)


def affected(tag: str) -> int:
    """The number of rows in a command tag: `UPDATE 3` -> 3."""
    last = tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


def columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Rows turned into columns, as UNNEST takes them; `width` empty columns if there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
