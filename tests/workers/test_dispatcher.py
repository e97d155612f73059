"""The dispatcher decides, wakes and takes up what others dropped."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from domain import jobs
from domain.jobs import AnswerPayload, DeliverPayload, Question, QuestionKind, Queue, SearchStepPayload
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.chats import close_chat
from storage.chats.questions import ask, claim_questions
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database
from storage.redis import open_blocking_redis
from storage.whales.searches import NewWhaleSearch, start_search
from tests.storage.outbox import end_outage, revert_alert, send_all, sent_while_provisional
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase
from workers import stages as job_stages
from workers.dispatcher import STAGES, start_stages
from workers.stages import Dispatch, Stage

pytestmark = pytest.mark.services

HASTY = [
    replace(stage, seconds=min(stage.seconds, 0.05) if stage.until is None else stage.seconds)
    for stage in STAGES
]
BY_CALL = [stage if stage.until is None else replace(stage, seconds=60.0) for stage in HASTY]
"""What is called waits for its call."""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_stages, "UNANSWERED_SECONDS", 0.0)


@pytest.fixture
def queues(valkey_url: str) -> Queues:
    return Queues(open_blocking_redis(valkey_url))


@asynccontextmanager
async def dispatching(
    database: Database, queues: Queues, redis_client: Redis, stages: Sequence[Stage] = HASTY
) -> AsyncIterator[None]:
    stop = Stop()
    wake_ups = WakeUps(redis_client, ALERTS_CHANNEL)
    async with nursery(stop) as tasks:
        dispatch = Dispatch(database=database, queues=queues, wake_ups=wake_ups)
        start_stages(tasks, dispatch, stop, stages)
        yield
        stop.set()
    await wake_ups.close()


def payloads(queues: Queues, queue: Queue) -> list[jobs.JobPayload]:
    return [jobs.read(job.args[0]) for job in queues._queues[queue].jobs]


async def until_state(database: Database, *expected: str) -> None:
    async with asyncio.timeout(5):
        while [  # noqa: ASYNC110 - rows of PostgreSQL raise no events
            row["state"] for row in await database.fetch("SELECT state FROM deliveries ORDER BY chat_id")
        ] != list(expected):
            await asyncio.sleep(0.01)


async def until_payloads(queues: Queues, queue: Queue, count: int) -> None:
    async with asyncio.timeout(5):
        while await queues.depth(queue) < count:  # noqa: ASYNC110 - nor do queues
            await asyncio.sleep(0.01)


async def test_an_alert_becomes_deliveries_and_one_job(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    async with dispatching(database, queues, redis_client, BY_CALL):
        await asyncio.sleep(0.05)
        await happened(database, *(purchase(number) for number in range(20)))
        await wake(redis_client, ALERTS_CHANNEL)
        await until_payloads(queues, Queue.NOTIFICATIONS, 1)
        await until_state(database, *["pending"] * 40)
        await asyncio.sleep(0.1)
    assert payloads(queues, Queue.NOTIFICATIONS) == [DeliverPayload()]


async def test_b23_without_a_wake_up_it_looks_by_itself(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    async with dispatching(database, queues, redis_client):
        await happened(database, purchase())
        await until_payloads(queues, Queue.NOTIFICATIONS, 1)


async def test_a_lost_job_is_enqueued_again_while_deliveries_are_due(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    async with dispatching(database, queues, redis_client):
        await until_payloads(queues, Queue.NOTIFICATIONS, 1)
        await redis_client.flushall()
        await until_payloads(queues, Queue.NOTIFICATIONS, 1)


async def test_what_a_dead_sender_marked_is_tried_once_more(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    (claimed,) = await claim(database, owner="dead", limit=1)
    await mark_sending(database, owner="dead", delivery_ids=[claimed.delivery_id])
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    async with dispatching(database, queues, redis_client):
        await until_state(database, "retry")
        await until_payloads(queues, Queue.NOTIFICATIONS, 1)
    assert await database.fetchval("SELECT ambiguous_sends FROM deliveries") == 1


async def test_what_waits_for_a_closed_chat_is_ended(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    await fan_out_all(database)
    await close_chat(database, ALICE, "blocked")
    async with dispatching(database, queues, redis_client):
        await until_state(database, "dead", "pending")


async def test_a_forgotten_question_is_asked_again_once(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    question = Question(
        question_id=0,
        kind=QuestionKind.SECURITY_SCAN,
        chat_id=ALICE,
        topic_id=0,
        message_id=5,
        subject="mint",
        attempts=0,
    )
    await ask(database, question, update_id=2)
    assert await claim_questions(database, list(QuestionKind), owner="somebody", limit=1)
    unanswered = await ask(database, question, update_id=1)
    async with dispatching(database, queues, redis_client):
        await until_payloads(queues, Queue.SECURITY_SCAN, 1)
        await asyncio.sleep(0.2)
    assert payloads(queues, Queue.SECURITY_SCAN) == [
        AnswerPayload(question_id=unanswered, kind=QuestionKind.SECURITY_SCAN)
    ]


async def test_a_silent_whale_search_is_resumed_once(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    new = NewWhaleSearch(
        chain=CHAIN, update_id=1, started_by=1, chat_id=1, min_lamports=1, slots_per_step=1, seconds=60
    )
    session = await start_search(database, new)
    async with dispatching(database, queues, redis_client):
        await asyncio.sleep(0.2)
        assert await queues.depth(Queue.WHALE_SEARCH) == 0
        await database.execute("UPDATE whale_searches SET heartbeat_at = now() - interval '31 seconds'")
        await until_payloads(queues, Queue.WHALE_SEARCH, 1)
        await asyncio.sleep(0.2)
    assert payloads(queues, Queue.WHALE_SEARCH) == [
        SearchStepPayload(search_id=session.search_id, step_number=session.step_number)
    ]


async def test_without_redis_it_decides_all_the_same(database: Database, redis_client: Redis) -> None:
    away = Queues(open_blocking_redis("redis://127.0.0.1:1/0"))
    await follow(database, ALICE)
    async with dispatching(database, away, redis_client):
        await happened(database, purchase())
        await until_state(database, "pending")


async def test_b22_a_redis_that_hangs_stops_neither_decisions_nor_the_reaper(
    database: Database, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.redis.ANSWER_SECONDS", 0.2)

    async def nobody_listens(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    released = asyncio.Event()
    silent = await asyncio.start_server(nobody_listens, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    await follow(database, ALICE)
    await follow(database, BOB)
    with open_blocking_redis(f"redis://127.0.0.1:{port}/0") as client:
        async with dispatching(database, Queues(client), redis_client):
            await happened(database, purchase())
            await until_state(database, "pending", "pending")
            await close_chat(database, ALICE, "blocked")
            await until_state(database, "dead", "pending")
            released.set()
    silent.close()


async def test_chats_hear_of_outages_that_are_over_and_of_alerts_that_died(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1)
    await send_all(database)
    await revert_alert(database, 1)
    await end_outage(database)

    async def kinds() -> list[str]:
        rows = await database.fetch("SELECT kind FROM deliveries WHERE kind <> 'alert' ORDER BY kind")
        return [row["kind"] for row in rows]

    async with dispatching(database, queues, redis_client), asyncio.timeout(5):
        while await kinds() != ["correction", "outage"]:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)


async def test_an_alert_that_was_reverted_before_it_was_decided_is_sent_to_nobody(
    database: Database, queues: Queues, redis_client: Redis
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await revert_alert(database, 1)
    async with dispatching(database, queues, redis_client):
        await until_state(database, "suppressed")
    assert await database.fetchval("SELECT gate FROM deliveries") == "reverted"
