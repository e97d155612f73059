"""The bot's port onto queues and failures, for operators."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import QueueUnavailable
from domain.jobs import Queue
from storage.coordination.failed_jobs import FailedJobs, QueueState
from storage.delivery.dead_deliveries import dead_causes, retry_dead
from storage.postgres import Database

BATCH = 200
"""Taken up again at a time, so that nothing is locked for long."""
MAX_BATCHES = 25
"""In one act; what is left is told, and may be taken up by the next."""
MESSAGES = "messages"
"""The name under which dead deliveries stand beside the queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Jobs or messages that failed for one cause."""

    key: str
    """Short, for a button."""
    queue: str
    """The jobs' queue, or `messages`."""
    cause: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What became of them."""

    done: int
    expired: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Looks at RQ and PostgreSQL, and takes up again what failed."""

    database: Database
    jobs: FailedJobs

    async def queues(self) -> list[QueueState]:
        """Every queue; raises QueueUnavailable when Redis is away."""
        return await self.jobs.states()

    async def failures(self, words: str = "") -> list[Failure]:
        """What failed, by cause, where queue or cause holds `words`; without Redis only messages."""
        found = [_failure(MESSAGES, one.cause, one.number) for one in await dead_causes(self.database)]
        try:
            causes = await self.jobs.causes()
        except QueueUnavailable:
            causes = {}  # type: ignore[assignment]
        found += [_failure(queue.value, cause, number) for (queue, cause), number in causes.items()]
        wanted = words.casefold()
        return [one for one in found if wanted in one.queue.casefold() or wanted in one.cause.casefold()]

    async def retry(self, failures: Sequence[Failure]) -> Retried:
        """Take these up again, in batches."""
        outcomes = [await self._retry(one) for one in failures]
        return Retried(
            done=sum(one.done for one in outcomes),
            expired=sum(one.expired for one in outcomes),
            refused=sum(one.refused for one in outcomes),
        )

    async def _retry(self, failure: Failure) -> Retried:
        done = expired = refused = 0
        for _ in range(MAX_BATCHES):
            part = await self._batch(failure)
            done, expired, refused = done + part.done, expired + part.expired, max(refused, part.refused)
            if part.done < BATCH:
                break
        return Retried(done=done, expired=expired, refused=refused)

    async def _batch(self, failure: Failure) -> Retried:
        if failure.queue == MESSAGES:
            return Retried(done=await retry_dead(self.database, failure.cause, limit=BATCH))
        part = await self.jobs.requeue(Queue(failure.queue), failure.cause, limit=BATCH)
        return Retried(done=part.done, expired=part.expired, refused=part.refused)


def _failure(queue: str, cause: str, number: int) -> Failure:
    key = hashlib.sha256(f"{queue}|{cause}".encode()).hexdigest()[:12]
    return Failure(key=key, queue=queue, cause=cause, number=number)
