"""Workers for chats that wait: whoever has asked least recently goes first, as soon as a worker is free.

A worker may release its slot before it is done with its chat, as while it waits for a limit: then another
one takes the next chat. So there are more workers than slots.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Awaitable, Callable

from runtime.processes.lifecycle import Nursery, Stop

MAX_QUEUED_CHATS = 10_000
"""Chats that wait; the next query of PostgreSQL finds the others."""
Leave = Callable[[], None]
"""Releases the slot of a worker; may be called more than once."""


class _Slot:
    """Where one chat is worked on, until it is released."""

    __slots__ = ("_pool",)

    def __init__(self, pool: WorkerPool) -> None:
        self._pool: WorkerPool | None = pool

    def leave(self) -> None:
        """Release it, once."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.release()


class WorkerPool:
    """Chats in their order, and the workers that take them.

    All that is put within one turn of the event loop is ordered before the first of it is taken.

    Args:
        name: of its workers.
        use_of: what a chat or a person has asked recently: the lowest goes first.
        work: works on a chat.
    """

    def __init__(
        self,
        name: str,
        use_of: Callable[[int, int], float],
        work: Callable[[int, Leave], Awaitable[None]],
    ) -> None:
        self._name = name
        self._use_of = use_of
        self._work = work
        self._waiting: list[tuple[float, int, int, int]] = []
        """Use, arrival, chat and person of each, as a heap."""
        self._came = itertools.count()
        self._idle: deque[asyncio.Future[int]] = deque()
        """Workers without a chat."""
        self._free = 0
        """Places."""
        self._is_due = False
        """Chats are handed out in a moment."""

    @property
    def is_full(self) -> bool:
        """Whether no further chat may wait."""
        return len(self._waiting) >= MAX_QUEUED_CHATS

    def start(self, tasks: Nursery, stop: Stop, *, slots: int, more: int) -> None:
        """Start the workers: one for each slot, and more for those who have left theirs.

        Args:
            tasks: keeps the workers running.
            stop: ends them when they have finished what they handle.
            slots: how many handle something at the same time.
            more: for those that wait for a limit and hold no slot.
        """
        self._free = slots
        for number in range(slots + more):
            tasks.start_forever(f"{self._name} {number}", lambda: self._run(stop))

    def put(self, chat_id: int, user_id: int) -> None:
        """Let a chat wait for a worker."""
        use = self._use_of(chat_id, user_id)
        heapq.heappush(self._waiting, (use, next(self._came), chat_id, user_id))
        self._hand_out_soon()

    def release(self) -> None:
        """A slot is free again."""
        self._free += 1
        self._hand_out_soon()

    def _hand_out_soon(self) -> None:
        if self._waiting and self._free and self._idle and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self._is_due = False
        while self._waiting and self._free and self._idle:
            worker = self._idle.popleft()
            if not worker.done():  # else it was cancelled
                self._free -= 1
                worker.set_result(self._next_chat())

    def _next_chat(self) -> int:
        """The chat that has asked least; who has asked more since it came is put where it belongs now."""
        while True:
            known, came, chat_id, user_id = heapq.heappop(self._waiting)
            use = self._use_of(chat_id, user_id)
            if use <= known or not self._waiting:
                return chat_id
            heapq.heappush(self._waiting, (use, came, chat_id, user_id))

    async def _run(self, stop: Stop) -> None:
        while not stop.is_set():
            chat_id = await self._chat()
            slot = _Slot(self)
            try:
                if not stop.is_set():
                    await self._work(chat_id, slot.leave)
            finally:
                slot.leave()

    async def _chat(self) -> int:
        """The next chat for one worker; one that is cancelled as it gets it gives its slot back."""
        chat: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._idle.append(chat)
        self._hand_out_soon()
        try:
            return await chat
        except asyncio.CancelledError:
            if chat.done() and not chat.cancelled():
                self.release()
            raise
