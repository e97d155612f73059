"""Failures, found by cause and tried again.
Broadcasts as operators steer them.
The audit log as the bot writes and reads it.
"""

import pytest
from redis import Redis

from domain.delivery.broadcasts import BroadcastState
from domain.errors import QueueUnavailable
from domain.jobs import Queue
from domain.people import Act, AuditOutcome
from domain.snapshot import Failure
from runtime.settings.loading import load_settings
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from services.operators import AuditLog, Broadcasts, Failures, KnownLimits
from storage.coordination.failed_jobs import FailedJobs
from storage.postgres import Database
from storage.redis import open_blocking_redis
from tests.bot.conftest import free_port
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

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


async def test_a_draft_goes_to_open_chats_once_it_is_started(database: Database) -> None:
    broadcasts = Broadcasts(database=database)
    for chat_id in (ALICE, BOB):
        await follow(database, chat_id)
    await database.execute("UPDATE chats SET closed_at = now() WHERE chat_id = $1", BOB)
    number, chats = await broadcasts.draft("News", by=ALICE)
    assert chats == 1
    assert await broadcasts.progress() is None
    assert await broadcasts.start(number)
    assert not await broadcasts.start(number)
    progress = await broadcasts.progress()
    assert progress is not None
    assert (progress.broadcast_id, progress.state, progress.total) == (number, BroadcastState.RUNNING, 1)


async def test_what_was_stopped_may_go_on(database: Database) -> None:
    broadcasts = Broadcasts(database=database)
    await follow(database, ALICE)
    number, _ = await broadcasts.draft("News", by=ALICE)
    assert not await broadcasts.stop(number)
    await broadcasts.start(number)
    assert await broadcasts.stop(number)
    progress = await broadcasts.progress(number)
    assert progress is not None
    assert progress.state is BroadcastState.STOPPED
    assert await broadcasts.start(number)


async def test_limits_are_named_as_people_read_them() -> None:
    settings = load_settings(
        {
            "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
            "RPC_URLS": "http://127.0.0.1:9",
            "HOURLY_LIMITS": "free=1300,pro=0",
            "WATCH_LIMITS": "free=5,pro=2000",
            "RPC_RATE": "50",
        }
    )

    async def is_paused() -> bool:
        return False

    values = KnownLimits(settings, is_paused).values
    assert values["Alerts an hour, one by one"] == "free 1,300 · pro no limit"
    assert values["Wallets of a chat"] == "free 5 · pro 2,000"
    assert values["Requests to a node"] == "50 a second"


async def test_the_latest_acts_come_first_of_one_person_or_of_all(database: Database) -> None:
    audit = AuditLog(database=database)
    await audit.note(Act(update_id=1, actor_id=1, chat_id=1, act="ban", about="5: spam"))
    refused = Act(update_id=2, actor_id=2, chat_id=2, act="stats", outcome=AuditOutcome.REFUSED)
    await audit.note(refused)
    everything = await audit.latest(actor_id=None, limit=10)
    assert [(one.act, one.outcome, one.about) for one in everything] == [
        ("stats", AuditOutcome.REFUSED, ""),
        ("ban", AuditOutcome.DONE, "5: spam"),
    ]
    assert [one.act for one in await audit.latest(actor_id=1, limit=10)] == ["ban"]
    assert len(await audit.latest(actor_id=None, limit=1)) == 1
