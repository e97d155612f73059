"""Many callers, few calls: equal questions are asked once, and many small writes go as few large ones.

The first asker asks; whoever comes meanwhile waits for the same answer, or gets the same error. No task is
started: if the first asker is cancelled, one of those who wait asks anew, and nobody else notices.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _AskerCancelled(Exception):  # noqa: N818 - says that there is no answer; it never leaves this module
    pass


class SingleFlight(Generic[T]):
    """Questions under way, by what makes them equal."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[T]] = {}

    async def run(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, or the error, of whoever asks this already; else of `ask`.

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
