"""The line before a limit: first come, first served, and one asks for all who wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from runtime.clock import monotonic

_SHORTEST_SLEEP = 0.001
_MOST = 100
"""Who may pass in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """At most one message per `interval` seconds in the long run, `burst` at once."""

    scope: str
    interval: float
    burst: int


AskAll = Callable[[Sequence[Sequence[Rule]]], Awaitable[Sequence[float]]]


class Line:
    """Who waits for one rule, in order.

    Args:
        rule: what each has to pass.
        ask_all: charges rules; for each request 0.0 or the seconds to wait.
    """

    __slots__ = ("_ask_all", "_busy", "_rule", "_waiting")

    def __init__(self, rule: Rule, ask_all: AskAll) -> None:
        self._rule = rule
        self._ask_all = ask_all
        self._waiting: deque[tuple[float, asyncio.Future[float]]] = deque()
        self._busy = asyncio.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting

    async def pass_(self, end: float) -> float:
        """Wait until admitted: 0.0; or, when that would be after `end` of the monotonic clock, the wait."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        entry = (end, future)
        self._waiting.append(entry)
        try:
            async with self._busy:
                while not future.done():
                    await self._advance()
        finally:
            if not future.done():
                self._waiting.remove(entry)
        return future.result()

    async def _advance(self) -> None:
        """Let pass who may; sleep when nobody may yet."""
        front = [*self._waiting][:_MOST]
        waits = await self._ask_all([(self._rule,)] * len(front))
        admitted = sum(wait <= 0 for wait in waits)
        for _ in range(admitted):
            _, future = self._waiting.popleft()
            future.set_result(0.0)
        wait = max(waits)
        if wait <= 0:
            return
        for entry in [entry for entry in self._waiting if monotonic() + wait > entry[0]]:
            self._waiting.remove(entry)
            entry[1].set_result(wait)
        if self._waiting and not admitted:
            await asyncio.sleep(max(wait, _SHORTEST_SLEEP))
