"""What may be old is read from the replica, and from the primary while there is none."""

import logging

import pytest

from domain.errors import DatabaseUnavailable
from runtime.embedded.ports import free_port
from storage.postgres import Database, open_database
from storage.replica import Replica

pytestmark = pytest.mark.services


async def test_it_reads_from_the_replica(database: Database, postgres_url: str) -> None:
    other = await open_database(postgres_url, min_size=0)
    asked: list[Database] = []

    async def query(one: Database) -> None:
        asked.append(one)

    await Replica(database=other, primary=database).read(query)
    await Replica(database=database, primary=database).read(query)
    await other.close()
    assert asked == [other, database]


async def test_a_replica_that_is_away_is_skipped_and_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    away = await open_database(f"postgresql://reader:PLANTED@127.0.0.1:{free_port()}/whales", min_size=0)
    replica = Replica(database=away, primary=database)
    with caplog.at_level(logging.WARNING):
        assert await replica.read(lambda one: one.fetchval("SELECT 5")) == 5
    await away.close()
    assert "DATABASE_READ_URL" in caplog.text
    assert "PLANTED" not in caplog.text


async def test_without_either_the_error_says_so() -> None:
    away = await open_database(f"postgresql://reader@127.0.0.1:{free_port()}/whales", min_size=0)
    with pytest.raises(DatabaseUnavailable):
        await Replica(database=away, primary=away).read(lambda one: one.fetchval("SELECT 5"))
    await away.close()
