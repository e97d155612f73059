"""Questions: stored first, then enqueued on the queue of their kind."""

import pytest
from redis import Redis

from domain.chats import ChatTarget
from domain.jobs import QUESTION_QUEUES, QuestionKind
from services.people import ChatStore
from services.stores.questions import QuestionStore
from storage.chats.cached_chats import CachedChats
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from tests.bot.conftest import free_port
from tests.storage.sample_data import MINT

pytestmark = pytest.mark.services


@pytest.mark.parametrize("kind", QuestionKind)
async def test_a_question_waits_on_the_queue_of_its_kind(
    database: Database, cached: CachedChats, queue_redis: Redis, target: ChatTarget, kind: QuestionKind
) -> None:
    await ChatStore(database=database, cached=cached).open(target)
    queues = Queues(queue_redis)
    questions = QuestionStore(database=database, queues=queues)
    await questions.ask(kind, MINT, target=target, message_id=7, update_id=1)
    row = await database.fetchrow("SELECT kind, subject, message_id FROM questions")
    assert row is not None
    assert tuple(row) == (kind.value, MINT, 7)
    assert await queues.depth(QUESTION_QUEUES[kind]) == 1


async def test_without_redis_a_question_is_stored_all_the_same(
    database: Database, cached: CachedChats, target: ChatTarget
) -> None:
    await ChatStore(database=database, cached=cached).open(target)
    with open_blocking_redis(f"redis://127.0.0.1:{free_port()}/0") as client:
        questions = QuestionStore(database=database, queues=Queues(client))
        await questions.ask(QuestionKind.BALANCE, MINT, target=target, message_id=7, update_id=1)
    assert await database.fetchval("SELECT state FROM questions") == "open"
