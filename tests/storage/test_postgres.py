"""The pool survives what a server does."""

import asyncio

import asyncpg
import pytest

from domain.errors import DatabaseUnavailable
from runtime.processes.lifecycle import Stop
from storage.postgres import Connection, Database, affected, columns, open_database, wait_for_database

DEAD = "postgresql://whale:hunter2@127.0.0.1:1/whale"


async def test_a_server_that_is_away_is_reported_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        await open_database(DEAD)
    assert "hunter2" not in str(caught.value)


async def test_a_wait_for_a_server_that_is_away_ends_with_the_stop_and_tells_no_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(wait_for_database(DEAD, stop))
        while not caplog.records:  # noqa: ASYNC110 - a line of the log raises no event
            await asyncio.sleep(0.01)
        stop.set()
    assert not waiting.result()
    assert "does not answer at DATABASE_URL" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.services
async def test_a_program_begins_when_the_newest_migration_is_there(
    direct_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    admin = await open_database(direct_url)
    await admin.execute("ALTER TABLE _yoyo_migration RENAME TO elsewhere")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(wait_for_database(direct_url, Stop()))
        while "make migrate" not in caplog.text:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)
        await admin.execute("ALTER TABLE elsewhere RENAME TO _yoyo_migration")
    assert waiting.result()
    await admin.close()


def test_a_command_tag_says_how_many_rows() -> None:
    assert [affected(tag) for tag in ("UPDATE 3", "INSERT 0 5", "BEGIN")] == [3, 5, 0]


def test_rows_become_columns() -> None:
    assert columns([(1, "a"), (2, "b")], 2) == [[1, 2], ["a", "b"]]
    assert columns([], 2) == [[], []]


@pytest.mark.services
async def test_connections_that_the_server_ends_are_replaced_unseen(database: Database) -> None:
    for _ in range(3):
        pids = await asyncio.gather(*(database.fetchval("SELECT pg_backend_pid()") for _ in range(6)))
        other = await database.fetchval("SELECT pg_backend_pid()")
        for pid in set(pids) - {other}:
            await database.execute("SELECT pg_terminate_backend($1)", pid)
        assert await asyncio.gather(*(database.fetchval("SELECT 1") for _ in range(6))) == [1] * 6


@pytest.mark.services
async def test_a_database_that_lets_nobody_in_is_away_until_it_does(
    database: Database, direct_url: str
) -> None:
    address, _, name = direct_url.rpartition("/")
    admin = await open_database(f"{address}/postgres", max_size=1)
    await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    try:
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        with pytest.raises(DatabaseUnavailable, match="ObjectNotInPrerequisiteState"):
            await database.fetchval("SELECT 1")
    finally:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await admin.close()
    assert await database.fetchval("SELECT 1") == 1


@pytest.mark.services
async def test_a_statement_that_is_wrong_is_no_outage(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await database.fetchval("SELECT 1 FROM nowhere")


@pytest.mark.services
async def test_two_transactions_that_block_each_other_both_end_well(database: Database) -> None:
    await database.execute("INSERT INTO chats (chat_id) VALUES (1), (2)")
    met = asyncio.Barrier(2)
    first_try = {1, 2}

    async def swap(first: int, second: int) -> None:
        async def work(connection: object) -> None:
            await touch(connection, first)
            if first in first_try:
                first_try.discard(first)
                await met.wait()
            await touch(connection, second)

        await database.transaction(work)

    async def touch(connection: object, chat_id: int) -> None:
        execute = connection.execute  # type: ignore[attr-defined]
        await execute("UPDATE chats SET title = title || 'x' WHERE chat_id = $1", chat_id)

    async with asyncio.timeout(20):
        await asyncio.gather(swap(1, 2), swap(2, 1))
    titles = await database.fetch("SELECT title FROM chats")
    assert [row["title"] for row in titles] == ["xx", "xx"]


@pytest.mark.services
async def test_a_connection_is_returned_without_a_query_to_the_server(direct_url: str) -> None:
    one, other = await open_database(direct_url), await open_database(direct_url)
    pid = await one.fetchval("SELECT pg_backend_pid() /* the last word */")
    said = await other.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", pid)
    await asyncio.gather(one.close(), other.close())
    assert "the last word" in said


@pytest.mark.services
async def test_what_was_cut_short_is_undone_before_the_connection_is_used_again(database: Database) -> None:
    began = asyncio.Event()

    async def work(connection: Connection) -> None:
        await connection.execute("SET LOCAL work_mem = '77MB'")
        began.set()
        await connection.execute("SELECT pg_sleep(20)")

    for _ in range(8):  # every connection of the pool
        began.clear()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(database.transaction(work))
            await began.wait()
            task.cancel()
        assert await database.fetchval("SELECT current_setting('work_mem')") != "77MB"
        left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE $1"
        assert await database.fetchval(left, "idle in transaction%") == 0
