"""Shared calls: equal requests are made once, and small writes are batched.

The first asker asks; whoever comes meanwhile waits for the same answer, or gets the same error. No task is
started: if the first asker is cancelled, one of those who wait asks again, and nobody else notices.

Nobody waits for a batch to fill: after a rest, and for callers who come one by one, a write starts at once.
Who was woken together asks together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from runtime.clock import monotonic

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


GATHER_SECONDS = 0.02
"""The interval of writes that people wait for: under load it saves statements; who is alone does not wait."""


class _AskerCancelled(Exception):  # noqa: N818 - says that there is no answer; it never leaves this module
    pass


class SingleFlight(Generic[T]):
    """Questions under way, by what makes them equal."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[T]] = {}

    async def run(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, or the error, of the caller this already; else of `ask`.

        Args:
            key: what makes questions equal.
            ask: called only if nobody asks the question now.
        """
        while (answer := self._under_way.get(key)) is not None:
            try:
                return await asyncio.shield(answer)
            except _AskerCancelled:
                continue
        return await self._ask(key, ask)

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._under_way[key] = future
        try:
            answer = await ask()
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else _AskerCancelled())
            future.exception()  # marks it as seen, so that asyncio logs nothing when nobody else waits
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._under_way[key]


class WriteBatcher(Generic[A, B]):
    """Writes the calls of many tasks together.

    Args:
        write: does the work for all given, and answers for each in their order.
        limit: of calls that one `write` is given.
        batch_delay: seconds to let more gather, while they come faster than they are written.
        interval: seconds from the begin of a write to that of the next one, however quick the first one was.
            A call that is alone, like the one before it, does not wait: nobody is there to gather with.
    """

    __slots__ = (
        "_batch_delay",
        "_crowded",
        "_interval",
        "_is_alone",
        "_limit",
        "_next_at",
        "_waiting",
        "_write",
        "_writer",
    )

    def __init__(
        self,
        write: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
        *,
        limit: int = 500,
        batch_delay: float = 0.0,
        interval: float = 0.0,
    ) -> None:
        self._write = write
        self._limit = limit
        self._batch_delay = batch_delay
        self._interval = interval
        self._next_at = 0.0
        """When the next write may begin, by the monotonic clock."""
        self._crowded = False
        self._is_alone = True
        """The last write had one call."""
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def submit(self, asked: A) -> B:
        """The answer for this one. An error of the write is raised for all that were in it."""
        return await self.begin(asked)

    def begin(self, asked: A) -> asyncio.Future[B]:
        """The same; the answer is to be awaited."""
        future: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._writer is None or self._writer.done():
            # It begins when all that run now have asked, and ends by itself; its askers have its errors.
            self._writer = asyncio.create_task(self._write_all())  # noqa: TID251 - no group outlives an asker
            self._writer.add_done_callback(self._ended)
        return future

    async def _write_all(self) -> None:
        """Until nothing waits. No asker's end stops it, for others wait for the same write."""
        while self._waiting:
            await self._write_batch()

    async def _write_batch(self) -> None:
        await self._wait_to_coalesce()
        batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
        self._is_alone = len(batch) == 1
        futures = [future for _, future in batch]
        try:
            answers = await self._write([asked for asked, _ in batch])
            for future, answer in zip(futures, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        except Exception as error:  # noqa: BLE001 - each who asked has it raised
            _fail(futures, error)
        except BaseException:
            self._waiting = [*batch, *self._waiting]
            raise
        self._crowded = len(self._waiting) > 1

    async def _wait_to_coalesce(self) -> None:
        if self._crowded and self._batch_delay:
            await asyncio.sleep(self._batch_delay)
        if not self._interval or len(self._waiting) >= self._limit:
            return
        is_alone = self._is_alone and len(self._waiting) == 1
        if not is_alone and (pause := self._next_at - monotonic()) > 0:
            await asyncio.sleep(pause)
        self._next_at = monotonic() + self._interval

    def _ended(self, writer: asyncio.Task[None]) -> None:
        """The loop ends, if it was cancelled."""
        if writer.cancelled():
            _fail([future for _, future in self._waiting], ConnectionAbortedError("the writer was cancelled"))
            self._waiting = []


def _fail(futures: Sequence[asyncio.Future[B]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
            future.exception()  # its asker may be gone; then nobody is to be notified
