"""Many small writes as few large ones: what is asked for while a write is under way goes into the next.

Nobody waits for a batch to fill: alone, a write starts at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Batching(Generic[A, B]):
    """Bundles the calls of many tasks.

    Args:
        write: does the work for all given, and answers for each in their order.
        most: given to one call of `write`.
        linger: seconds to let more gather after a write that was for several.
    """

    __slots__ = ("_busy", "_crowded", "_linger", "_most", "_waiting", "_write")

    def __init__(
        self,
        write: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
        *,
        most: int = 500,
        linger: float = 0.0,
    ) -> None:
        self._write = write
        self._most = most
        self._linger = linger
        self._crowded = False
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._busy = asyncio.Lock()

    async def submit(self, asked: A) -> B:
        """The answer for this one. An error of the write is raised for all that were in it."""
        future: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        async with self._busy:
            while not future.done():
                await self._write_batch()
        return await future

    async def _write_batch(self) -> None:
        if self._crowded and self._linger:
            await asyncio.sleep(self._linger)
        batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        self._crowded = len(batch) > 1
        try:
            answers = await self._write([asked for asked, _ in batch])
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        except BaseException as error:
            _fail([future for _, future in batch], error)
            raise


def _fail(futures: Sequence[asyncio.Future[B]], error: BaseException) -> None:
    shown = error if isinstance(error, Exception) else ConnectionAbortedError("the writer was cancelled")
    for future in futures:
        if not future.done():
            future.set_exception(shown)
            future.exception()  # its asker may be gone; then nobody is to be told
