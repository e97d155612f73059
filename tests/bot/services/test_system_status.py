"""How the system stands."""

from collections.abc import AsyncIterator

import pytest

from bot.services.system_status import SystemStatus
from storage.admin.discoveries import discover
from storage.coordination.instances import beat
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from storage.replica import Replica

pytestmark = pytest.mark.services


async def silent() -> None:
    raise TimeoutError


@pytest.fixture
async def system_status(database: Database, valkey_url: str) -> AsyncIterator[SystemStatus]:
    with open_blocking_redis(valkey_url) as client:
        yield SystemStatus(
            database=database,
            replica=Replica(database=database, primary=database),
            queues=Queues(client),
            chain="solana",
            telegram=silent,
        )


async def test_each_part_is_looked_at(system_status: SystemStatus, database: Database) -> None:
    await beat(database, instance_id="scanner-1", program="scanner")
    await beat(database, instance_id="bot-1", program="bot")
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - interval '5 minutes' WHERE program = 'bot'"
    )
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 5)")
    states = {name: result.state for name, result in await system_status.components()}
    assert states == {
        "PostgreSQL": "healthy",
        "Redis and queues": "healthy",
        "Telegram": "unhealthy",
        "Chain": "healthy",
        "Deliveries": "healthy",
        "Quarantine": "healthy",
        "Discoveries": "healthy",
        "bot bot-1": "unhealthy",
        "scanner scanner-1": "healthy",
    }


async def test_a_discovery_is_reported_for_a_week(system_status: SystemStatus, database: Database) -> None:
    await discover(
        database, chain="solana", about="transaction version 2", sentence="Version 2 has appeared."
    )
    (answer_text,) = [result for name, result in await system_status.components() if name == "Discoveries"]
    assert answer_text.state == "degraded"
    assert answer_text.sentence.endswith("UTC: Version 2 has appeared.")
    await database.execute("UPDATE discoveries SET first_at = now() - interval '8 days'")
    (answer_text,) = [result for name, result in await system_status.components() if name == "Discoveries"]
    assert answer_text.state == "healthy"


@pytest.mark.parametrize(("age", "state"), [(30, "degraded"), (90, "unhealthy")])
async def test_a_feed_that_stands_still_is_reported(
    system_status: SystemStatus, database: Database, age: int, state: str
) -> None:
    await database.execute(
        "INSERT INTO cursors (chain, feed, slot, updated_at)"
        " VALUES ('solana', 'blocks', 5, now() - make_interval(secs => $1))",
        float(age),
    )
    assert {name: result.state for name, result in await system_status.components()}["Chain"] == state
