"""Queues and failures, for operators: what RQ and PostgreSQL know, and how to try failed work again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import QueueUnavailable
from domain.jobs import Queue
from domain.queue_state import Failure, QueueState, Requeued
from storage.coordination.failed_jobs import FailedJobs
from storage.delivery.dead_deliveries import dead_causes, retry_dead
from storage.postgres import Database

BATCH = 200
"""Failures retried at a time, so that no row is locked for long."""
MAX_BATCHES = 25
"""Batches in one act; the reply names what is left, and the next act may retry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed jobs in RQ, and dead deliveries in PostgreSQL."""

    database: Database
    jobs: FailedJobs

    async def queues(self) -> list[QueueState]:
        """The state of every queue.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        return await self.jobs.states()

    async def find(self, words: str = "") -> list[Failure]:
        """What failed, by cause, if its source or cause holds `words`; without Redis only messages."""
        found = [_failure(None, one.cause, one.number) for one in await dead_causes(self.database)]
        try:
            causes = dict(await self.jobs.causes())
        except QueueUnavailable:
            causes = {}
        found += [_failure(queue, cause, number) for (queue, cause), number in causes.items()]
        wanted = words.casefold()
        return [one for one in found if wanted in one.source or wanted in one.cause.casefold()]

    async def retry(self, failures: Sequence[Failure]) -> Requeued:
        """Try these again, in batches."""
        results = [await self._retry(one) for one in failures]
        return Requeued(
            done=sum(one.done for one in results),
            expired=sum(one.expired for one in results),
            refused=sum(one.refused for one in results),
        )

    async def _retry(self, failure: Failure) -> Requeued:
        done = expired = refused = 0
        for _ in range(MAX_BATCHES):
            part = await self._retry_batch(failure)
            done, expired, refused = done + part.done, expired + part.expired, max(refused, part.refused)
            if part.done < BATCH:
                break
        return Requeued(done=done, expired=expired, refused=refused)

    async def _retry_batch(self, failure: Failure) -> Requeued:
        if failure.queue is None:
            return Requeued(done=await retry_dead(self.database, failure.cause, limit=BATCH))
        return await self.jobs.requeue(failure.queue, failure.cause, limit=BATCH)


def _failure(queue: Queue | None, cause: str, number: int) -> Failure:
    source = Failure(key="", queue=queue, cause=cause, number=number).source
    key = hashlib.sha256(f"{source}|{cause}".encode()).hexdigest()[:12]
    return Failure(key=key, queue=queue, cause=cause, number=number)
