"""How a process starts its tasks, hears that it should stop, drains, and ends.

Every program's `__main__` runs through here.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import random
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from domain.errors import WhaleWatcherError
from runtime.clock import monotonic
from runtime.processes.backoff import Backoff

log = logging.getLogger(__name__)

CANCEL_SECONDS = 2.0
"""How long a cancelled task may tidy up before it is cancelled again."""

_BACKOFF = Backoff()


class Stop:
    """Says that the process should end. Set by SIGTERM or SIGINT, or by the program itself."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Ask for the end; may be said more than once."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Return when the end is asked for."""
        await self._event.wait()

    async def sleep(self, seconds: float) -> bool:
        """Wait, but no longer than until the end is asked for. True: go on; false: stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        return not self.is_set()


async def sleep_unless_stopped(stop: Stop, seconds: float) -> bool:
    """The same as `stop.sleep(seconds)`: true if the time passed, false if the end was asked for."""
    return await stop.sleep(seconds)


def honour_cancellation() -> None:
    """End this task if it was cancelled and the library that it called did not let it know.

    Raises:
        CancelledError: it was.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


Main = Callable[[Stop], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the end of a program may take, in seconds."""

    drain: float = 5.0
    """To finish its work after the stop; then it is cancelled."""
    cancel: float = 1.5
    """To clean up after it was cancelled; then the process ends as it is."""


_PATIENCE = Patience()
"""Less than the ten seconds after which others kill."""


def leave_to_stay() -> None:
    """What there is now stays: the garbage collector looks no more through it, which stops all for 50 ms."""
    gc.collect()
    gc.freeze()


def run_program(main: Main, patience: Patience = _PATIENCE) -> int:
    """Run a program to its end on uvloop and return its exit code.

    SIGTERM, SIGINT and SIGHUP set `stop`. `main` then has `patience.drain` seconds to return; what is left is
    cancelled. A second signal cancels at once.

    Returns:
        0 when `main` returned, 1 when it raised (the error is logged), 3 when it had to be cancelled.
    """
    leave_to_stay()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_supervised(main, patience))
        finally:
            _end_at_the_latest(patience.cancel)


async def _supervised(main: Main, patience: Patience) -> int:
    stop, hurry = Stop(), Stop()
    _listen_to_signals(stop, hurry)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_exit_code(main, stop), name="main")
        watch = group.create_task(_drain(task, stop, hurry, patience), name="drain")
        await asyncio.wait({task})
        watch.cancel()
    return 3 if task.cancelled() else task.result()


async def _exit_code(main: Main, stop: Stop) -> int:
    try:
        await main(stop)
    except WhaleWatcherError as error:
        log.error("The program cannot go on: %s", error)  # noqa: TRY400 - its text says what to do
        return 1
    except Exception:
        log.exception("The program failed")
        return 1
    return 0


async def _drain(task: asyncio.Task[int], stop: Stop, hurry: Stop, patience: Patience) -> None:
    """Cancel the program when it takes too long to stop, or at the second signal."""
    await stop.wait()
    if await hurry.sleep(patience.drain):
        log.warning("Not finished %g s after the stop: cancelling what is left", patience.drain)
    task.cancel()
    _end_at_the_latest(patience.cancel)


def _listen_to_signals(stop: Stop, hurry: Stop) -> None:
    def heard() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT even if a shell started us in its background
        loop.add_signal_handler(number, heard)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks not to hear it
        loop.add_signal_handler(signal.SIGHUP, heard)


def _end_at_the_latest(seconds: float) -> None:
    """End the process after a time, though a task refuses cancellation or a thread never returns."""
    timer = threading.Timer(seconds, os._exit, args=(3,))
    timer.daemon = True
    timer.start()


class Nursery:
    """Named tasks that belong together: kept, logged, cancelled together. Made by `nursery()`."""

    __slots__ = ("_group", "_stop", "_tasks")

    def __init__(self, group: asyncio.TaskGroup, stop: Stop) -> None:
        self._group = group
        self._stop = stop
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task. If it raises, all others are cancelled and the nursery raises too."""
        task = self._group.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def start_forever(
        self, name: str, work: Callable[[], Coroutine[Any, Any, None]], backoff: Backoff = _BACKOFF
    ) -> asyncio.Task[None]:
        """Keep something running until the stop: it starts again, after a wait, when it fails or returns."""
        return self.start(name, _forever(name, work, self._stop, backoff))

    def cancel(self) -> None:
        """Cancel every task that still runs."""
        for task in tuple(self._tasks):
            task.cancel()

    async def end(self) -> None:
        """Cancel every task, again and again, until none is left."""
        while self._tasks:
            self.cancel()
            await asyncio.wait(tuple(self._tasks), timeout=CANCEL_SECONDS)

    def __len__(self) -> int:
        return len(self._tasks)


@asynccontextmanager
async def nursery(stop: Stop) -> AsyncIterator[Nursery]:
    """A nursery that ends with its block: whatever still runs there is cancelled and awaited.

    A library may swallow a cancellation that comes at a bad moment (asyncio.wait_for of Python 3.11 does, and
    with it the client of Redis while it connects), so who is still there after a while is cancelled again.

    Use it as `async with nursery(stop) as tasks: tasks.start_forever(...); await stop.wait()`.
    """
    async with asyncio.TaskGroup() as group:
        tasks = Nursery(group, stop)
        try:
            yield tasks
        finally:
            await tasks.end()


async def _forever(
    name: str, work: Callable[[], Coroutine[Any, Any, None]], stop: Stop, backoff: Backoff
) -> None:
    failures = 0
    while not stop.is_set():
        began = monotonic()
        failed = await _ran_into_error(name, work)
        if stop.is_set():
            return
        failures = backoff.count(failures, monotonic() - began) if failed else 0
        pause = backoff.wait(max(failures, 1), random.random())  # noqa: S311 - spreads retries, guards nothing
        if failed:
            log.info("%s starts again in %.1f s (failure %d in a row)", name, pause, failures)
        await stop.sleep(pause)


async def _ran_into_error(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
    try:
        await work()
    except Exception:
        log.exception("%s failed", name)
        return True
    return False
