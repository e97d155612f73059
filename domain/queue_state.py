"""The queues at one moment, and what failed in them: for operators."""

from dataclasses import dataclass

from domain.jobs import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue at this moment."""

    queue: Queue
    waiting: int
    oldest_seconds: float
    """How long the first of them has waited."""
    running: int
    failed: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Jobs or messages that failed for one cause."""

    key: str
    """Short, for a button."""
    queue: Queue | None
    """The queue of the jobs; None: these are messages that are dead."""
    cause: str
    number: int

    @property
    def source(self) -> str:
        """The queue's name, or `messages`."""
        return "messages" if self.queue is None else self.queue.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeued:
    """What became of failed work that was to be tried again."""

    done: int
    expired: int = 0
    """Jobs whose life in Redis had ended; PostgreSQL asks again for what they stood for."""
    refused: int = 0
    """Jobs that must not run."""
