"""Many time limits on one timer: a limit that is nearly always met should cost next to nothing.

A timer of the event loop for each wait costs more than most of what is waited for. Here limits that begin one
after the other, and last equally long, stand in a queue, and one timer waits for the first of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from runtime.clock import monotonic

T = TypeVar("T")
_abandoned: set[asyncio.Task[Any]] = set()
"""Tasks that are cancelled and still clean up; kept here, since the loop holds a task weakly."""


async def abandon_after(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, or TimeoutError after so many seconds, however long it then takes to end.

    `asyncio.timeout` waits until what it cancelled has cleaned up, which takes a connection to a server that
    hangs many seconds.
    """
    task = asyncio.create_task(work)  # noqa: TID251 - it is kept here, cancelled and seen to its end
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _abandon(task)
        raise
    if not done:
        _abandon(task)
        raise TimeoutError
    return task.result()


def _abandon(task: asyncio.Task[Any]) -> None:
    task.cancel()
    _abandoned.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # marks it as seen, so that asyncio logs nothing


class Deadline:
    """A time limit that runs until it is over or called off."""

    __slots__ = ("at", "expire")

    def __init__(self, at: float, expire: Callable[[], None]) -> None:
        self.at = at
        """By the monotonic clock."""
        self.expire: Callable[[], None] | None = expire
        """Called when it is over; None: it is called off, or was over."""

    def cancel(self) -> None:
        """Call it off."""
        self.expire = None


class Deadlines:
    """Time limits in the order in which they began; one that is shorter than an older one ends with that."""

    __slots__ = ("_running", "_timer")

    def __init__(self) -> None:
        self._running: deque[Deadline] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float, expire: Callable[[], None]) -> Deadline:
        """Call `expire` in so many seconds, unless the limit is called off before."""
        running = self._running
        while running and running[0].expire is None:
            running.popleft()
        one = Deadline(monotonic() + seconds, expire)
        running.append(one)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._end_due)
        return one

    def task(self, seconds: float) -> TaskLimit:
        """As `asyncio.timeout`, in a plain `with`: the block ends with TimeoutError after so many seconds."""
        return TaskLimit(self, seconds)

    def _end_due(self) -> None:
        """End what is over, and wait for what is next."""
        self._timer = None
        running = self._running
        while running and (running[0].expire is None or running[0].at <= monotonic()):
            expire = running.popleft().expire
            if expire is not None:
                expire()
        if running and self._timer is None:
            left = running[0].at - monotonic()
            self._timer = asyncio.get_running_loop().call_later(left, self._end_due)


class TaskLimit:
    """How long the block of one task may take."""

    __slots__ = ("_cancelling", "_deadline", "_deadlines", "_is_over", "_seconds", "_task")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> None:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task has a time limit")
        self._task = task
        self._cancelling = task.cancelling()
        self._deadline = self._deadlines.start(self._seconds, self._end)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadline.cancel()
        is_ours = self._is_over and self._task.uncancel() <= self._cancelling
        if is_ours and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise TimeoutError from error

    def _end(self) -> None:
        self._is_over = True
        self._task.cancel()
