"""The pool survives what a server does."""

import asyncio

import pytest

from domain.errors import DatabaseUnavailable
from storage.postgres import Database, affected, columns, open_database

DEAD = "postgresql://whale:hunter2@127.0.0.1:1/whale"


async def test_a_server_that_is_away_is_said_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        await open_database(DEAD)
    assert "hunter2" not in str(caught.value)


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
