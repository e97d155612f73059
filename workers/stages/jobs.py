"""Jobs that are enqueued from PostgreSQL: lost questions and searches, retention."""

import logging

from domain.jobs import (
    QUESTION_QUEUES,
    AnswerPayload,
    Queue,
    RetentionPayload,
    SearchStepPayload,
)
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.chats.questions import unanswered_questions
from storage.coordination.ticks import is_open
from storage.whales.searches import silent_searches
from workers.maintenance import CLEANUP
from workers.stages.stage import Dispatch

log = logging.getLogger(__name__)

UNANSWERED_SECONDS = 5.0
"""A question this old that no worker has leased is enqueued again."""


async def enqueue_questions(dispatch: Dispatch, _: Stop) -> None:
    """Enqueue unanswered questions again, unless their queue holds jobs, which may be theirs."""
    depths = {queue: await dispatch.queues.depth(queue) for queue in Queue}
    for queue, depth in depths.items():
        metrics.rq_jobs.labels(queue.value, "queued").set(depth)
    unanswered = await unanswered_questions(dispatch.database, older_than=UNANSWERED_SECONDS)
    for question_id, kind in unanswered:
        queue = QUESTION_QUEUES[kind]
        if not depths[queue]:
            await dispatch.queues.send(queue, AnswerPayload(question_id=question_id, kind=kind))


async def enqueue_searches(dispatch: Dispatch, _: Stop) -> None:
    """Enqueue silent whale searches again: their job died, or their end is still to be announced."""
    silent = await silent_searches(dispatch.database)
    if silent and await dispatch.queues.depth(Queue.WHALE_SEARCH) == 0:
        for search_id, step_number in silent:
            log.warning("Whale search %d is silent; it is resumed", search_id)
            await dispatch.queues.send(
                Queue.WHALE_SEARCH, SearchStepPayload(search_id=search_id, step_number=step_number)
            )


async def enqueue_maintenance(dispatch: Dispatch, _: Stop) -> None:
    """Enqueue what is due by the clock, once at a time."""
    if await dispatch.queues.depth(Queue.MAINTENANCE):
        return
    if await is_open(dispatch.database, CLEANUP):
        await dispatch.queues.send(Queue.MAINTENANCE, RetentionPayload())
