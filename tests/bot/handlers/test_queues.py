"""/queues, /retryfailed, /instances: for operators, each act noted."""

from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue as RqQueue

from domain.jobs import AnswerPayload, Question, QuestionKind, Queue
from sandbox.telegram.shapes import User
from storage.chats.questions import ask
from storage.coordination.queue_workers import make_worker
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from tests.bot.conftest import OPERATOR, TelegramChats
from tests.storage.sample_data import fan_out_all, follow, happened, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture
def operator(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Olga", user_id=OPERATOR)


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    with open_blocking_redis(valkey_url) as client:
        yield client


async def fail(redis: Redis, count: int) -> RqQueue:
    """Letters whose job fails: there is no worker process around the worker."""
    queues = Queues(redis)
    for number in range(count):
        await queues.send(
            Queue.SECURITY_SCAN, AnswerPayload(question_id=number, kind=QuestionKind.SECURITY_SCAN)
        )
    worker = make_worker(Queue.SECURITY_SCAN, redis, name="w")
    for _ in range(3):  # each letter is tried again twice by itself
        worker.work(burst=True)
    return worker.queues[0]


async def dead(database: Database, count: int, error: str) -> None:
    await follow(database, 5)
    await happened(database, *(purchase(number) for number in range(count)))
    await fan_out_all(database)
    await database.execute(
        "UPDATE deliveries SET state = 'dead', error = $1 || delivery_id, finished_at = now()", error
    )


async def test_queues_report_depth_workers_and_failures(
    operator: User, chats: TelegramChats, redis: Redis, database: Database
) -> None:
    await fail(redis, 2)
    await follow(database, 5)
    question = Question(
        question_id=0, kind=QuestionKind.BALANCE, chat_id=5, topic_id=0, message_id=1, subject="x", attempts=0
    )
    for number in range(2):
        await ask(database, question, update_id=number)
    await database.execute("UPDATE questions SET state = 'failed', finished_at = now() WHERE update_id = 0")
    answer_text = await chats.ask(OPERATOR, "/queues")
    assert "security-scan: 0 queued · 0 running · 0 done in 24 h · 2 failed · 0 workers" in answer_text
    assert "0 done in 24 h · 1 given up in 24 h · 0 failed" in answer_text
    assert "balance-check: 1 queued, the oldest 0" in answer_text
    assert "messages: 0 queued" in answer_text


async def test_failed_jobs_and_messages_are_shown_by_cause_and_tried_again(
    operator: User, chats: TelegramChats, redis: Redis, database: Database
) -> None:
    queue = await fail(redis, 3)
    await dead(database, 4, "Bad Request: odd ")
    message = await chats.ask_message(OPERATOR, "/retryfailed")
    assert "1. messages: Bad Request: odd N × 4" in (message.text or "")
    assert "2. security-scan: RuntimeError × 3" in (message.text or "")
    _, text = await chats.press_and_read_edit(OPERATOR, message, "♻️ Retry 1 (× 4)")
    assert "Retried: 4" in text
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'retry'") == 4
    assert queue.count == 0
    message = await chats.ask_message(OPERATOR, "/retryfailed scan")
    assert "messages" not in (message.text or "")
    await chats.press_and_read_edit(OPERATOR, message, "♻️ Retry 1 (× 3)")
    assert queue.count == 3
    assert "Nothing has failed" in await chats.ask(OPERATOR, "/retryfailed")
    assert "retryfailed: 4 of messages" in await chats.ask(OPERATOR, "/audit")


async def test_jobs_that_expired_meanwhile_do_no_harm(
    operator: User, chats: TelegramChats, redis: Redis
) -> None:
    queue = await fail(redis, 3)
    message = await chats.ask_message(OPERATOR, "/retryfailed")
    for job_id in queue.failed_job_registry.get_job_ids()[:2]:
        redis.delete(f"rq:job:{job_id}")
    _, text = await chats.press_and_read_edit(OPERATOR, message, "♻️ Retry 1 (× 3)")
    assert "Retried: 1" in text
    assert queue.count == 1


async def test_a_forbidden_job_is_never_put_back(operator: User, chats: TelegramChats, redis: Redis) -> None:
    worker = make_worker(Queue.NOTIFICATIONS, redis, name="w")
    worker.queues[0].enqueue("os.system", "exit 3")
    worker.work(burst=True)
    message = await chats.ask_message(OPERATOR, "/retryfailed")
    assert "refused: not on the list" in (message.text or "")
    _, text = await chats.press_and_read_edit(OPERATOR, message, "♻️ Retry 1 (× 1)")
    assert "1 must not run" in text
    assert worker.queues[0].count == 0


async def test_g85_nobody_else_may_look_or_press(
    operator: User, chats: TelegramChats, alice: User, redis: Redis, database: Database
) -> None:
    await fail(redis, 1)
    for command in ("/queues", "/retryfailed", "/instances", "/user 5", "/ban 5 x", "/unban 5", "/audit"):
        assert "Operators only" in await chats.ask(alice.id, command)
    acts = await database.fetch(
        "SELECT act FROM audit_log WHERE outcome = 'refused' AND actor_id = $1", alice.id
    )
    assert len(acts) == 7
