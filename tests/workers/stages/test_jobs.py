"""Jobs that are enqueued from PostgreSQL, one run at a time."""

import pytest

from domain.jobs import QUESTION_QUEUES, QuestionKind, Queue
from domain.questions import Question
from runtime.processes.lifecycle import Stop
from storage.chats.questions import ask
from storage.whales.searches import NewWhaleSearch, start_search
from tests.storage.sample_data import ALICE, CHAIN, follow
from workers.stages.jobs import enqueue_maintenance, enqueue_questions, enqueue_searches
from workers.stages.stage import Dispatch

pytestmark = pytest.mark.services


@pytest.mark.parametrize("kind", QuestionKind)
async def test_an_old_question_is_enqueued_unless_its_queue_holds_jobs(
    kind: QuestionKind, dispatch: Dispatch
) -> None:
    await follow(dispatch.database, ALICE)
    question = Question(
        question_id=0, kind=kind, chat_id=ALICE, topic_id=0, message_id=5, subject="mint", attempts=0
    )
    await ask(dispatch.database, question, update_id=1)
    await enqueue_questions(dispatch, Stop())
    assert await dispatch.queues.depth(QUESTION_QUEUES[kind]) == 0
    await dispatch.database.execute("UPDATE questions SET asked_at = now() - interval '1 minute'")
    for _ in range(2):
        await enqueue_questions(dispatch, Stop())
        assert await dispatch.queues.depth(QUESTION_QUEUES[kind]) == 1


async def test_a_search_is_enqueued_once_it_is_silent(dispatch: Dispatch) -> None:
    new = NewWhaleSearch(
        chain=CHAIN, update_id=1, started_by=1, chat_id=1, min_lamports=1, slots_per_step=1, seconds=60
    )
    await start_search(dispatch.database, new)
    await enqueue_searches(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.WHALE_SEARCH) == 0
    await dispatch.database.execute("UPDATE whale_searches SET heartbeat_at = now() - interval '31 seconds'")
    await enqueue_searches(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.WHALE_SEARCH) == 1


async def test_the_hourly_cleanup_is_enqueued_once_at_a_time(dispatch: Dispatch) -> None:
    for _ in range(2):
        await enqueue_maintenance(dispatch, Stop())
        assert await dispatch.queues.depth(Queue.MAINTENANCE) == 1
