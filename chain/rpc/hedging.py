"""Asks one provider after the other, or a slow one and the next beside it, until one answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias, TypeVar

from chain.rpc.errors import NodeFault

T = TypeVar("T")
P = TypeVar("P")

Answer: TypeAlias = T | Exception
"""What came of asking; only a `NodeFault` lets the next provider be asked."""


async def first_answer(
    ask: Callable[[P], Awaitable[Answer[T]]], providers: Iterator[P], *, hedge_seconds: float
) -> Answer[T] | None:
    """The first answer that is no fault of a provider; else the last fault, or None if there was nobody.

    Args:
        ask: returns what came of it and raises nothing.
        providers: whom to ask, best first; looked at only when the next one is needed.
        hedge_seconds: how long to wait before asking the next one as well; 0: as long as it takes.
    """
    last: Answer[T] | None = None
    running: set[asyncio.Task[Answer[T]]] = set()
    async with asyncio.TaskGroup() as group:
        while (provider := next(providers, None)) is not None or running:
            if provider is not None:
                running.add(group.create_task(_asked(ask, provider)))
            patience = hedge_seconds if provider is not None and hedge_seconds else None
            done, running = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                last = task.result()
                if not isinstance(last, NodeFault):
                    _cancel(running)
                    return last
    return last


async def _asked(ask: Callable[[P], Awaitable[Answer[T]]], provider: P) -> Answer[T]:
    return await ask(provider)


def _cancel(running: set[asyncio.Task[Answer[T]]]) -> None:
    for task in running:
        task.cancel()
