"""Failures, found by cause and tried again."""

import pytest
from redis import Redis

from bot.services.failures import Failures
from domain.errors import QueueUnavailable
from domain.jobs import Queue
from domain.queue_state import Failure
from storage.coordination.failed_jobs import FailedJobs
from storage.postgres import Database
from storage.redis import open_blocking_redis
from tests.bot.conftest import free_port
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def dead(database: Database, *errors: str) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(len(errors))))
    await fan_out_all(database)
    for number, error in zip(await database.fetch("SELECT delivery_id FROM deliveries"), errors, strict=True):
        await database.execute(
            "UPDATE deliveries SET state = 'dead', error = $2, finished_at = now() WHERE delivery_id = $1",
            number["delivery_id"],
            error,
        )


async def test_dead_messages_are_found_by_cause_and_tried_again(
    database: Database, queue_redis: Redis
) -> None:
    await dead(database, "odd 1", "odd 2", "even")
    failures = Failures(database=database, jobs=FailedJobs(queue_redis))
    found = await failures.find()
    assert [(one.source, one.cause, one.number) for one in found] == [
        ("messages", "odd N", 2),
        ("messages", "even", 1),
    ]
    assert await failures.find("EVEN") == [found[1]]
    assert await failures.find("security") == []
    assert (await failures.retry([found[0]])).done == 2
    assert await failures.find() == [found[1]]


async def test_a_cause_keeps_its_key_and_names_its_source(database: Database, queue_redis: Redis) -> None:
    await dead(database, "odd 1")
    failures = Failures(database=database, jobs=FailedJobs(queue_redis))
    (first,), (second,) = await failures.find(), await failures.find()
    assert first.key == second.key
    assert Failure(key="", queue=Queue.SECURITY_SCAN, cause="x", number=1).source == "security-scan"


async def test_without_redis_only_messages_are_found(database: Database) -> None:
    await dead(database, "odd 1")
    with open_blocking_redis(f"redis://127.0.0.1:{free_port()}/0") as client:
        failures = Failures(database=database, jobs=FailedJobs(client))
        assert [one.source for one in await failures.find()] == ["messages"]
        with pytest.raises(QueueUnavailable):
            await failures.queues()
