"""Asks one provider after the other, or a slow one and the next beside it, until one answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias, TypeVar

from chain.rpc.errors import NodeFault

T = TypeVar("T")
P = TypeVar("P")

Outcome: TypeAlias = T | Exception
"""What asking came to; only a `NodeFault` lets the next provider be asked."""


async def first_answer(
    ask: Callable[[P], Awaitable[Outcome[T]]], providers: Iterator[P], *, hedge_seconds: float
) -> Outcome[T] | None:
    """The first outcome that is no fault of a provider; else the last fault, or None if there was nobody.

    Args:
        ask: returns what it came to and raises nothing.
        providers: whom to ask, best first; looked at only when the next one is needed.
        hedge_seconds: how long to wait before asking the next one as well; 0: as long as it takes.
    """
    last: Outcome[T] | None = None
    running: set[asyncio.Task[Outcome[T]]] = set()
    async with asyncio.TaskGroup() as group:
        while (provider := next(providers, None)) is not None or running:
            if provider is not None:
                running.add(group.create_task(_asked(ask, provider)))
            patience = hedge_seconds if provider is not None and hedge_seconds else None
            done, running = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                last = task.result()
                if not isinstance(last, NodeFault):
                    _leave(running)
                    return last
    return last


async def _asked(ask: Callable[[P], Awaitable[Outcome[T]]], provider: P) -> Outcome[T]:
    return await ask(provider)


def _leave(running: set[asyncio.Task[Outcome[T]]]) -> None:
    for task in running:
        task.cancel()
