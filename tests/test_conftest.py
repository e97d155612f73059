from __future__ import annotations

import socket

import asyncpg
import psycopg
import pytest
from redis.asyncio import Redis


@pytest.mark.services
@pytest.mark.parametrize("number", [1, 2])
async def test_each_test_has_a_database_of_its_own(postgres_url: str, number: int) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE TABLE only_here (number int)")
    await connection.close()


@pytest.mark.services
@pytest.mark.parametrize("number", [1, 2])
async def test_each_test_has_an_empty_valkey(valkey_url: str, number: int) -> None:
    async with Redis.from_url(valkey_url) as client:
        assert await client.dbsize() == 0
        await client.set("key", number)


@pytest.mark.services
def test_a_database_can_be_reached_without_a_loop(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()
    assert row is not None
    assert row[0] >= 180000


def test_what_asks_for_a_server_is_no_unit_test(valkey_url: str, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("services")


def test_a_unit_test_reaches_no_other_machine() -> None:
    with socket.socket() as one, pytest.raises(UserWarning, match="A test tried to use"):  # an error here
        one.connect(("192.0.2.1", 9))


def test_a_unit_test_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
