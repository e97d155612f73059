"""Equal questions that are asked at the same time are asked once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Abandoned(Exception):  # noqa: N818 - who asked was cancelled; whoever else waits asks anew
    pass


class Flights(Generic[T]):
    """Questions under way, by what makes them equal."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, asyncio.Future[T]] = {}

    async def share(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, or the error, of whoever asks this already; else of `ask`."""
        while (flying := self._flying.get(key)) is not None:
            try:
                return await asyncio.shield(flying)
            except _Abandoned:
                continue
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._flying[key] = future
        try:
            answer = await ask()
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else _Abandoned())
            future.exception()  # it is seen here, even when nobody else waits
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._flying[key]
