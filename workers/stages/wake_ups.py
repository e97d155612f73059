"""Wake-ups: senders are called while deliveries are due."""

import asyncio

from domain.jobs import DeliverPayload, Queue
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.delivery.deliveries import backlog
from workers.stages.stage import Dispatch


async def wake_senders(dispatch: Dispatch, _: Stop) -> None:
    """Call the senders when something became due; a job waits for them where none has heard the call.

    Without news the backlog is looked at: jobs may be lost, and deliveries become due as time passes.
    """
    if dispatch.due.is_set():
        dispatch.due.clear()
        if not await dispatch.call_senders():
            await _enqueue_wake_up(dispatch)
        return
    waiting = await backlog(dispatch.database)
    metrics.outbox_pending.set(waiting.due)
    metrics.outbox_oldest_pending_seconds.set(waiting.oldest_seconds)
    if waiting.due:
        await _enqueue_wake_up(dispatch)


async def until_due(dispatch: Dispatch, seconds: float) -> None:
    """Until another stage made deliveries due."""
    try:
        async with asyncio.timeout(seconds):
            await dispatch.due.wait()
    except TimeoutError:
        return


async def _enqueue_wake_up(dispatch: Dispatch) -> None:
    """One job wakes a sender; while one waits to be taken, another would say nothing new."""
    if await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0:
        await dispatch.queues.send(Queue.NOTIFICATIONS, DeliverPayload())
