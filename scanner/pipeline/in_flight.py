"""The batches between a collector and the commit of a processor. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlightBatch:
    """A batch in the queue that makes its partition complete up to a slot."""

    entry: str
    """Its place in the queue."""
    upto: int
    produced_at: float
    """By the monotonic clock."""


@dataclass(slots=True)
class InFlightTable:
    """The batches in flight, of each partition the oldest first."""

    partitions: dict[int, deque[InFlightBatch]] = field(default_factory=dict)

    def add(self, partition: int, batch: InFlightBatch) -> None:
        """Note that a batch was put into the queue."""
        self.partitions.setdefault(partition, deque()).append(batch)

    def oldest(self) -> list[tuple[int, InFlightBatch]]:
        """Of each partition the batch that should be committed next."""
        return [(partition, batches[0]) for partition, batches in self.partitions.items() if batches]

    def committed(self, cursors: Mapping[int, int]) -> None:
        """Remove what is committed: each partition is complete up to its cursor."""
        for partition, batches in self.partitions.items():
            while batches and batches[0].upto <= cursors.get(partition, -1):
                batches.popleft()

    def has_lost(self, asked: Sequence[tuple[int, InFlightBatch]], in_queue: Sequence[bool]) -> bool:
        """Whether a batch is neither in the queue nor committed.

        Args:
            asked: batches that the queue was asked for.
            in_queue: of each of them, whether it was still there.
        """
        open_batches = {id(batch) for _, batch in self.oldest()}
        return any(
            not stands and id(batch) in open_batches
            for (_, batch), stands in zip(asked, in_queue, strict=True)
        )

    def clear(self) -> None:
        """Forget everything: the chain is read again."""
        self.partitions.clear()
